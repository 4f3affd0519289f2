"""The night report: the gate above every list, two blocks that are never mixed, both languages, texts that are whole."""

from __future__ import annotations

import sys
from html import unescape
from pathlib import Path
from string import Formatter

import pytest
from lxml import html
from reading import words

from scherp.norms.model import Language
from scherp.reports.night import gate_words, night_html
from scherp.reports.night_record import Gate, GatePoint
from scherp.reports.night_texts import NIGHT_TEXTS

sys.path.append(str(Path(__file__).parents[1] / "runs"))
from night_samples import night, whole_inbox


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("night")
    whole_inbox(folder)
    made = night(folder)
    page = night_html(made.done.record, made.night)
    assert page.encode() == (made.done.folder / "report.html").read_bytes()
    return page


def _shown(report: str, lang: Language) -> str:
    """The words of the page in one language."""
    document = html.document_fromstring(report)
    for other in document.xpath(f"//*[@class='{'en' if lang == 'nl' else 'nl'}']"):
        other.drop_tree()
    return words(document.find("body"))


@pytest.mark.parametrize("key", NIGHT_TEXTS)
def test_a_text_is_complete_in_both_languages(key: str) -> None:
    dutch, english = NIGHT_TEXTS[key]["nl"], NIGHT_TEXTS[key]["en"]
    values = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (dutch, english)]
    assert dutch.strip()
    assert english.strip()
    assert values[0] == values[1]
    assert dutch.count("|") == english.count("|") <= 1


@pytest.mark.parametrize(
    ("lang", "heads"),
    [
        ("nl", ["Poort voor gegevenskwaliteit", "Verantwoorde oogst", "Afwijkingen", "Risico-indicaties",
                "Naar gemeente en organisatie", "De keten in getallen", "Kwaliteit van de gegevens", "Norm voor norm"]),
        ("en", ["Data quality gate", "Harvest accounted for", "Deviations", "Risk indications",
                "By municipality and organisation", "The chain in numbers", "Quality of the data", "Norm by norm"]),
    ],
)  # fmt: skip
def test_the_sections_stand_in_their_order(report: str, lang: Language, heads: list[str]) -> None:
    shown = _shown(report, lang)
    # the head of the page names the figure and the list as well
    places = [shown.index(head, shown.index(heads[0])) for head in heads]
    assert places == sorted(places)


def test_the_figure_is_rounded_down_and_never_to_all(report: str) -> None:
    assert "83,33%" in report
    assert "83.33%" in report


def test_the_gate_stands_above_each_list(report: str) -> None:
    shown = _shown(report, "nl")
    assert shown.count("De poort is open") == 4  # the gate itself, both blocks, the parties


def test_a_closed_gate_names_what_closes_it_and_nothing_else() -> None:
    gate = Gate(False, [GatePoint("rejected", 2, True), GatePoint("late", 9, False), GatePoint("silent", 1, True)], [])
    assert gate_words(gate, "en").startswith(
        "The gate is closed: rows refused (2); organisations without a record in seven days (1)."
    )


def test_a_lead_is_found_from_its_party(report: str) -> None:
    assert 'href="#lead-2-nl"' in report
    assert "&lt;br" not in report
    assert report.count('id="lead-2-nl"') == report.count('id="lead-2-en"') == 1


def test_names_from_the_register_cannot_become_markup(tmp_path: Path) -> None:
    inbox = whole_inbox(tmp_path)
    register = (inbox / "parties.csv").read_text("utf-8").replace("Winkel Verzonnen", "<b>Winkel</b> {x}")
    (inbox / "parties.csv").write_text(register, "utf-8")
    page = night(tmp_path).done.folder.joinpath("report.html").read_text("utf-8")
    assert "<b>Winkel</b>" not in page
    assert "<b>Winkel</b> {x}" in unescape(page)
