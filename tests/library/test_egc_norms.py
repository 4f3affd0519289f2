"""The norms of the closed chain: honest about their sources, dated by the phases, each with histories that pin it.

Source: the facts of the chain, 3, 4 and 8; the rules of the field, 5 to 11; the engine's decision 13.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scherp.events.database import Database, connect
from scherp.judging.examples import check_examples, run_example
from scherp.norms.library import find_framework
from scherp.norms.model import Conservation, Duration, Human, Norm, NotComputable, Occurrence, Response
from scherp.norms.read import read_framework

EGC = read_framework(find_framework("nl/egc"))
COMPUTED = [norm for norm in EGC.norms if not isinstance(norm.check, Human | NotComputable)]
NEVER = {"buyer-of-age", "buyer-resident", "five-grams-per-person-per-day"}
RUN_UP, EXPERIMENT = date(2023, 12, 15), date(2025, 4, 7)


def ident(norm: Norm) -> str:
    return norm.norm


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    opened = connect()
    yield opened
    opened.close()


def test_every_example_gives_what_it_says() -> None:
    assert [str(fault) for fault in check_examples(EGC, "nl/egc")] == []


@pytest.mark.parametrize("norm", COMPUTED, ids=ident)
def test_examples_show_a_norm_met_and_breached(norm: Norm) -> None:
    assert {"met", "breached"} <= {verdict for example in norm.examples for verdict in example.gives}


@pytest.mark.parametrize("norm", EGC.norms, ids=ident)
def test_a_norm_is_one_sentence_in_two_languages_with_whose_it_is(norm: Norm) -> None:
    for text in norm.says.values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert ". " not in text
    assert norm.says["nl"] != norm.says["en"]
    assert norm.supervisor in {"IJenV", "NVWA", "municipality"}
    assert norm.addressee in {"grower", "shop", "party"}


@pytest.mark.parametrize("norm", EGC.norms, ids=ident)
def test_no_norm_names_a_breach_of_law_before_a_lawyer_confirmed_it(norm: Norm) -> None:
    assert norm.confirmed is None
    assert not norm.names_a_breach
    assert norm.source.status in {"law", "concept"}
    assert norm.source.status == "concept" or (norm.source.checked == "read" and norm.source.article)


@pytest.mark.parametrize("norm", [norm for norm in EGC.norms if "artikel te bevestigen" in norm.source.text], ids=ident)
def test_an_article_that_is_to_be_confirmed_is_not_named(norm: Norm) -> None:
    assert norm.source.article is None


@pytest.mark.parametrize("norm", COMPUTED, ids=ident)
def test_a_computed_norm_begins_on_the_day_of_a_phase(norm: Norm) -> None:
    assert norm.valid.start in {RUN_UP, date(2024, 6, 17), EXPERIMENT}


def test_only_stock_from_growers_waited_for_the_experiment_phase() -> None:
    assert {norm.norm for norm in COMPUTED if norm.valid.start == EXPERIMENT} == {"package-from-registered-plants"}


def test_what_the_chain_cannot_decide_says_that_it_is_never_computed() -> None:
    found = {norm.norm: norm.check for norm in EGC.norms if norm.norm in NEVER}
    assert found.keys() == NEVER
    for check in found.values():
        assert isinstance(check, NotComputable)
        assert "nooit berekend" in check.needs["nl"]
        assert "never computed" in check.needs["en"]


def test_late_registration_is_a_risk_and_a_concept_and_nine_days_a_norm_of_its_own() -> None:
    by_name = {norm.norm: norm for norm in EGC.norms}
    late, far, before = (
        by_name[name] for name in ("registered-in-time", "registered-far-too-late", "registered-after-it-happened")
    )
    assert (late.norm_class, late.source.status) == ("risk", "concept")
    assert far.norm_class == "norm"
    assert before.norm_class == "fact"


def test_the_limit_of_a_shop_is_never_computed() -> None:
    norm = next(norm for norm in EGC.norms if norm.norm == "shop-stock-within-limit" and norm.valid.end is None)
    (limit,) = norm.parameters
    assert (limit.origin, limit.default) == ("site.stock_limit_g", None)


def mutants(check: Any) -> Iterator[tuple[str, Any]]:
    """The same check with another number in it."""
    if isinstance(check, Response) and check.within is not None:
        for by in (-1, 1):
            moved = Duration(check.within.length.count + by, check.within.length.unit)
            yield f"limit {by:+}", dataclasses.replace(check, within=dataclasses.replace(check.within, length=moved))
    if isinstance(check, Occurrence) and check.at_most is not None:
        yield "one more", dataclasses.replace(check, at_most=check.at_most + 1)
    if isinstance(check, Conservation):
        wider = dataclasses.replace(check.gain, amount=check.gain.amount + 20, percent=True)
        if not check.tolerance.percent or check.tolerance.amount < 100:
            more = dataclasses.replace(check.tolerance, amount=check.tolerance.amount + Decimal(18))
            yield "more may be lost", dataclasses.replace(check, tolerance=more)
        else:
            yield "more may come out", dataclasses.replace(check, gain=wider)


MUTANTS = [
    pytest.param(norm, mutant, id=f"{norm.norm}:{what}") for norm in COMPUTED for what, mutant in mutants(norm.check)
]


@pytest.mark.parametrize(("norm", "mutant"), MUTANTS)
def test_another_number_makes_an_example_fail(database: Database, norm: Norm, mutant: Any) -> None:
    other = dataclasses.replace(norm, check=mutant)
    changed = dataclasses.replace(EGC, norms=tuple(other if one is norm else one for one in EGC.norms))
    assert any(run_example(database, changed, other, example) != example.gives for example in norm.examples)


def test_the_page_lists_every_norm_once() -> None:
    page = (Path(__file__).parents[2] / "docs/egc.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)
    assert listed == list(dict.fromkeys(norm.norm for norm in EGC.norms))
