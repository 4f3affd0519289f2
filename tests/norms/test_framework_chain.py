"""The checks of a closed chain are read whole: every key reaches the model, and the framework's own words with them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from scherp.judging.examples import check_examples
from scherp.norms.model import (
    Agreement,
    Check,
    Conservation,
    Custody,
    Duration,
    Formula,
    Framework,
    Level,
    Lineage,
    Measure,
    Parameter,
    Part,
    Pick,
    Selector,
    Term,
    Tolerance,
)
from scherp.norms.read import parse_framework, read_framework

CHAIN = Path(__file__).parent / "valid" / "chain.yaml"


@pytest.fixture(scope="module")
def chain() -> Framework:
    return read_framework(CHAIN)


def check_of(framework: Framework, norm: str) -> Check:
    return next(entry.check for entry in framework.norms if entry.norm == norm)


def pick(*events: str) -> Selector:
    return Selector(tuple(Pick(event) for event in events))


def test_words_for_objects(chain: Framework) -> None:
    assert chain.objects == {"package": "sgtin", "lot": "lgtin", "shipment": "desadv", "site": "sgln", "plant": "giai"}


def test_custody(chain: Framework) -> None:
    check = check_of(chain, "one-holder")
    assert isinstance(check, Custody)
    made = check.creates.picks[0]
    assert (made.event, made.where.text if made.where else "") == ("packing", "role = 'output'")
    assert (check.each, check.leaves, check.arrives) == ("package", pick("shipping"), pick("receiving"))
    assert check.ends == pick("retail_selling", "destroying")
    assert (check.undoes, check.refuses) == (pick("scherp:voiding"), pick("scherp:refusing"))
    assert (check.lost, check.seen) == (pick("scherp:missing"), pick("stock_taking"))
    assert check.complete_within == Duration(48, "hours")


def test_level(chain: Framework) -> None:
    norm = next(entry for entry in chain.norms if entry.norm == "stock-within-limit")
    assert norm.parameters == (Parameter("limit", "site.stock_limit_g"),)
    assert norm.check == Level(
        "package",
        "place",
        pick("receiving"),
        pick("retail_selling"),
        "package.scherp:netWeight",
        Decimal("-0.5"),
        "limit",
        Duration(2, "days"),
    )


def test_agreement(chain: Framework) -> None:
    assert check_of(chain, "received-as-sent") == Agreement(
        "shipment",
        (pick("shipping"), pick("receiving", "scherp:refusing")),
        "package",
        Term(Duration(96, "hours")),
        Duration(1, "weeks"),
    )


def test_conservation(chain: Framework) -> None:
    assert check_of(chain, "mass-balance") == Conservation(
        "event",
        pick("packing"),
        (Measure("quantity", "lot", ("input",)),),
        (Measure("package.scherp:netWeight", "package", ("output",)), Measure("quantity", "lot", ("output", "epc"))),
        (Measure("scherp:loss"),),
        Tolerance(Decimal(5), percent=True),
        Tolerance(Decimal("0.5")),
    )


def test_lineage(chain: Framework) -> None:
    check = check_of(chain, "from-plant")
    assert isinstance(check, Lineage)
    assert (check.each, check.made_by, check.reaches) == ("package", pick("packing"), pick("commissioning"))
    assert check.through == pick("scherp:harvesting", "scherp:drying")
    assert isinstance(check.where, Formula)
    assert check.where.names == ("plant.scherp:variety",)
    assert check.complete_within == Duration(1, "days")


def test_an_example_says_how_an_object_takes_part(chain: Framework) -> None:
    (event,) = chain.norms[0].examples[0].events
    assert event.objects == (("P", "package"),)
    assert event.parts == (Part("output", Decimal("2.5"), "GRM"),)


def test_gain_is_the_tolerance_where_it_is_left_out() -> None:
    written = CHAIN.read_text(encoding="utf-8").replace("        gain: 0.5\n", "")
    check = check_of(parse_framework(written, "a.yaml"), "mass-balance")
    assert isinstance(check, Conservation)
    assert check.gain == check.tolerance == Tolerance(Decimal(5), percent=True)


def test_the_examples_give_what_they_say(chain: Framework) -> None:
    assert check_examples(chain, "chain.yaml") == []
