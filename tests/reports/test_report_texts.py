"""Every text exists in both languages, takes the same values in both, and is used."""

from __future__ import annotations

from string import Formatter

import pytest
from msgspec.structs import replace
from reading import in_language, words
from sample import CLEAN, NORMS, norm, run_of, sample_run

from scherp.judging.outcomes import REASONS
from scherp.judging.record import SourceFile
from scherp.reports import wording
from scherp.reports.judgement import report_html
from scherp.reports.markup import escape
from scherp.reports.texts import TEXTS
from scherp.reports.wording import pick, reason_words, say_number


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_complete_in_both_languages(key: str) -> None:
    dutch, english = TEXTS[key]["nl"], TEXTS[key]["en"]
    assert set(TEXTS[key]) == {"nl", "en"}
    assert dutch.strip()
    assert english.strip()
    assert _values(dutch) == _values(english)
    assert dutch.count("|") == english.count("|") <= 1


def test_every_text_is_used_and_every_text_that_is_used_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    class Watched(dict[str, dict[str, str]]):
        def __getitem__(self, key: str) -> dict[str, str]:
            used.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr(wording, "TEXTS", Watched(TEXTS))
    wording._text.cache_clear()
    sources = [SourceFile(f"part-{index}.csv", "csv", "0" * 64, 10, 1, 1) for index in range(60)]
    undecided = norm("undecided", (0, 0, 3, 0, 0), target=0.5, kind="condition")
    no_reason = norm("no-reason", (0, 0, 0, 0, 0), computed=False)
    both_ends = norm("both-ends", (1, 1, 0, 0, 0), valid=[{"from": "2024-01-01", "to": "2025-01-01"}])
    for run in (
        sample_run(),
        sample_run(data=replace(CLEAN, first=None), known_at=None, keep_met=True, synthetic=False),
        sample_run(data=replace(CLEAN, sources=sources), norms=[*NORMS, undecided, no_reason, both_ends]),
    ):
        report_html(run)
    wording._text.cache_clear()
    assert used == set(TEXTS)


def test_one_and_more_have_their_own_form() -> None:
    assert say_number("theme_norms", "nl", 1) == "1 norm"
    assert say_number("theme_norms", "nl", 1234) == "1.234 normen"
    assert say_number("theme_norms", "en", 0) == "0 norms"


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_of_the_judge_is_said_in_the_readers_language(code: str) -> None:
    assert reason_words(code, "nl") == escape(REASONS[code]["nl"])
    assert reason_words(code, "en") == escape(REASONS[code]["en"])


def test_another_reason_is_shown_as_it_is_written() -> None:
    assert reason_words("of <its> own", "nl") == "of &lt;its&gt; own"


def test_a_frameworks_text_falls_back_on_its_other_language() -> None:
    assert pick({"en": "only English"}, "nl") == "only English"
    assert pick({"nl": "", "en": "only English"}, "nl") == "only English"
    assert pick({}, "nl") == pick(None, "en") == ""


def test_no_dutch_stands_on_the_english_page_nor_english_on_the_dutch() -> None:
    dutch, english = (words(in_language(run_of(2), lang).find("body")) for lang in ("nl", "en"))
    assert "Kwaliteit van de gegevens" in dutch
    assert "Kwaliteit van de gegevens" not in english
    assert "Quality of the data" in english
    assert "Quality of the data" not in dutch
