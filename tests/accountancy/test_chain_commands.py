"""scherp chain: one JSON document, a readable text, a drawing that says what it shows, and sentences for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from chain_samples import BASKET, SHOP, WET, chain_of, grams, package, packed, plant, shipped, small_chain, store_of
from lxml import etree
from typer.testing import CliRunner

from scherp.accountancy.tracing import trace
from scherp.cli import chain as commands
from scherp.faults import Refused
from scherp.reports.lineage_figure import draw_lineage, lineage_words

SVG = "{http://www.w3.org/2000/svg}"


def run(*words: str) -> str:
    app = typer.Typer()
    commands.add_to(app)
    outcome = CliRunner().invoke(app, ["chain", *words])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(store_of(tmp_path_factory.mktemp("chain"), small_chain()))


def test_a_trace_as_json_holds_whole_identifiers_as_texts(store: str) -> None:
    said = json.loads(run("trace", store, package(1), "--json"))
    assert said["origins"] == [plant(1), plant(2)]
    assert said["things"][2] == {
        "object_id": WET + "1", "object_type": "lgtin", "level": -2, "made": "harvested", "time": "2026-01-20T08:00:00",
        "place": "urn:epc:id:sgln:8712345.00001.0", "amount": "100.000000", "unit": "GRM",
    }  # fmt: skip
    assert said["holdings"][0]["basket"] == BASKET


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (("trace", package(1)), [plant(2), WET + "1", "harvested", "sold", BASKET, "package, snapshot 1"]),
        (("recall", WET + "1"), ["4 packages; 2 in_stock, 1 refused, 1 sold.", package(4), BASKET]),
        (("balance",), ["opening", "flower", SHOP, "2026-02-01", "-5", "0 movements without a stated weight"]),
        (("balance", "--period", "week"), ["2026-01-26"]),
    ],
)
def test_the_text_names_all_that_it_is_about(store: str, words: tuple[str, ...], lines: list[str]) -> None:
    said = run(words[0], store, *words[1:])
    assert [line for line in lines if line not in said] == []


def test_the_balance_as_json_has_the_columns_of_the_book(store: str) -> None:
    said = json.loads(run("balance", store, "--json"))
    (shop,) = [line for line in said["lines"] if (line["site"], line["period"]) == (SHOP, "2026-02-01")]
    assert (shop["in"], shop["out"], shop["counted"], shop["difference"]) == (
        "15.000000", "5.000000", "5.000000", "-5.000000",
    )  # fmt: skip


def test_a_recall_as_json_lists_every_package(store: str) -> None:
    said = json.loads(run("recall", store, WET + "1", "--json"))
    assert [(held["object_id"], held["state"]) for held in said["packages"]] == [
        (package(1), "sold"), (package(2), "in_stock"), (package(3), "in_stock"), (package(4), "refused"),
    ]  # fmt: skip


@pytest.mark.parametrize("words", [("trace", "urn:x"), ("recall", "urn:x"), ("balance", "--period", "year")])
def test_what_cannot_be_answered_is_refused(store: str, words: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        run(words[0], store, *words[1:])


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no store"):
        run("balance", str(tmp_path))


def test_a_drawing_that_cannot_be_written_is_refused(store: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        run("trace", store, package(1), "--svg", str(tmp_path / "none" / "x.svg"))


def test_the_drawing_has_a_title_a_description_and_a_text_for_every_box(store: str, tmp_path: Path) -> None:
    run("trace", store, package(1), "--svg", str(tmp_path / "x.svg"), "--lang", "en")
    root = etree.parse(str(tmp_path / "x.svg")).getroot()
    assert (root.get("role"), root.get("aria-labelledby"), root.get("lang")) == ("img", "t d", "en")
    assert root[0].text == f"Origin and destination of {package(1)}"
    assert f"Step 2: lot {WET}1." in (root[1].text or "")
    titles = [group.findtext(f"{SVG}title") for group in root.findall(f"{SVG}g")]
    assert titles == [
        f"plant {plant(1)}", f"plant {plant(2)}", f"lot {WET}1", f"lot {WET.replace('012341', '012342')}1",
        f"package {package(1)}", f"1 sold {SHOP}",
    ]  # fmt: skip
    assert len(root.findall(f"{SVG}path")) == 5


def test_a_wide_lineage_is_drawn_as_counts(tmp_path: Path) -> None:
    many = [package(n) for n in range(1000)]
    events = [
        *small_chain()[:4],
        packed(5, "02-01T09:00", [grams(WET + "1", 20)], many),
        shipped(6, "02-02T09:00", many),
    ]
    found = trace(chain_of(tmp_path, events), WET + "1")
    assert "1.000 verpakkingen" in lineage_words(found, "nl")[-2]
    assert lineage_words(found, "en")[-1].startswith("Step 4: 1,000 in transit")
    assert len(draw_lineage(found, "nl")) < 6000


def test_markup_in_an_identifier_stays_text(tmp_path: Path) -> None:
    odd = "urn:epc:id:sgtin:8712345.054321.<script>&"
    found = trace(chain_of(tmp_path, [packed(1, "02-01T09:00", [grams(WET, 5)], [odd])]), odd)
    root = etree.fromstring(draw_lineage(found, "nl").encode())
    assert root.findall(f".//{SVG}script") == []
    assert root[0].text is not None
    assert root[0].text.endswith(odd)
