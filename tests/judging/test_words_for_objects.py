"""A framework's own words for types of objects mean the store's types, wherever a check names one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from chain import Did, Took, judged, picks
from chain_epcis import GROWER, PACKS, SHOP, honest, write_folder
from chain_store import judge_store

from scherp.events.intake import take_in
from scherp.events.sources import find_sources
from scherp.judging.aliases import spelled_out
from scherp.norms.formulas import parse_formula
from scherp.norms.model import (
    Absence,
    Agreement,
    Condition,
    Example,
    ExampleEvent,
    Framework,
    Level,
    Measure,
    Norm,
    Occurrence,
    Parameter,
    Source,
)

WORDS = {"package": "sgtin", "shipment": "desadv", "site": "sgln"}
TEXT = {"nl": "x", "en": "x"}


def framework(norm: Norm) -> Framework:
    return Framework("t", "1", TEXT, {"t": TEXT}, (norm,), "", objects=WORDS)


def spelled(check: object, **more: object) -> Norm:
    norm = Norm("n", "t", TEXT, Source("x", "policy", "unread"), check, **more)  # type: ignore[arg-type]
    return spelled_out(framework(norm)).norms[0]


def test_types_are_spelled_out() -> None:
    check = spelled(Agreement("shipment", (picks("a"), picks("b")), "package")).check
    assert isinstance(check, Agreement)
    assert (check.each, check.on) == ("desadv", "sgtin")


def test_a_measure_s_objects_and_names_are_spelled_out() -> None:
    from scherp.judging.aliases import _spelled

    assert _spelled(Measure("package.weight", "package"), WORDS) == Measure("sgtin.weight", "sgtin")
    assert _spelled(Measure("other.weight", "lot"), WORDS) == Measure("other.weight", "lot")


def test_names_in_a_formula_are_spelled_out() -> None:
    check = spelled(Condition("package", picks("a"), parse_formula("package.weight < 5 and note = 'package'"))).check
    assert isinstance(check, Condition)
    assert check.holds.names == ("sgtin.weight", "note")
    assert "'package'" in check.holds.tree.sql()


def test_a_parameter_and_an_example_are_spelled_out() -> None:
    example = Example(
        "x",
        (
            ExampleEvent(
                None,
                "a",
                (("P", "package"), ("Q", "")),
            ),
        ),
        {},
    )
    norm = spelled(Absence("package", picks("a")), parameters=(Parameter("p", "site.limit"),), examples=(example,))
    assert norm.parameters == (Parameter("p", "sgln.limit"),)
    assert norm.examples[0].events[0].objects == (("P", "sgtin"), ("Q", ""))


def test_spelling_out_twice_changes_nothing() -> None:
    once = spelled_out(framework(Norm("n", "t", TEXT, Source("x", "law", "read"), Absence("package", picks("a")))))
    assert spelled_out(once) == once


def test_a_formula_reads_the_attribute_of_the_object_that_is_judged() -> None:
    check = Condition("package", picks("sold"), parse_formula("package.weight <= 5"))
    history = [Did("sold", 1, (Took("p", "sgtin"), Took("q", "sgtin")))]
    objects = {"p": {"weight": 5}, "q": {"weight": 6}}
    rows, _ = judged(check, history, objects=objects, words=WORDS)
    assert {(row.object, row.verdict) for row in rows} == {("p", "met"), ("q", "breached")}


def test_the_register_s_sites_lend_their_attributes_to_the_places_of_events(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert take_in(store, find_sources([write_folder(tmp_path / "in", honest())])).faults == []
    shops = Condition("site", picks("retail_selling"), parse_formula("site.kind = 'shop' and site.stock_limit_g = 5"))
    assert [row[0::2] for row in judge_store(store, shops, (), WORDS)] == [(SHOP, "met")]


def test_a_site_without_any_event_is_a_site_too(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", honest()[:1])
    store = tmp_path / "store"
    assert take_in(store, find_sources([folder])).faults == []
    found = judge_store(store, Occurrence("site", picks("commissioning"), at_least=1), (), WORDS)
    assert {(row[0], row[2]) for row in found} == {(GROWER, "met"), (SHOP, "breached")}


def test_weights_of_the_ilmd_are_weights_of_the_packages(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert take_in(store, find_sources([write_folder(tmp_path / "in", honest())])).faults == []
    level = Level(
        "package",
        "place",
        picks("receiving"),
        picks("retail_selling"),
        "package.scherp:netWeight",
        never_above=Decimal(4),
    )
    found = judge_store(store, level, (), WORDS)
    assert [(row[0], row[2], row[3]) for row in found] == [(SHOP, "breached", 1), (SHOP, "met", None)]
    weighed = Condition("package", picks("retail_selling"), parse_formula('package."scherp:netWeight" = 2.5'))
    assert [row[0::2] for row in judge_store(store, weighed, (), WORDS)] == [(PACKS[0], "met", None)[:2]]
