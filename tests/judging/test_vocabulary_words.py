"""A framework's own words for events: they judge as the selectors that they stand for, and never cost a join.

Action, business step and disposition are decided on the small table of kinds (the engine's decision 4).
"""

from __future__ import annotations

from random import Random

import pytest
from engine import EACH, Ran, framework, norm, numbered
from oracle import Happening, World
from oracle_terms import DAY

from scherp.judging.selecting import holds_for_kind
from scherp.norms.formulas import parse_formula
from scherp.norms.model import (
    Absence,
    Check,
    Condition,
    Formula,
    Occurrence,
    Pick,
    Precedence,
    Response,
    Selector,
    Separation,
)

IN_TRANSIT = parse_formula("disposition = 'in_transit'")
OBSERVED = parse_formula("action = 'OBSERVE' and disposition <> 'lost'")
STEP = parse_formula("bizStep in ('shipping', 'receiving')")
WORDS = {
    "dispatched": Selector((Pick("shipping", IN_TRANSIT),)),
    "seen": Selector((Pick("shipping", OBSERVED), Pick("receiving", STEP), Pick("inspecting"))),
}
SPELLED = {"dispatched": WORDS["dispatched"], "seen": WORDS["seen"], "receiving": Selector((Pick("receiving"),))}


def checks(named: dict[str, Selector]) -> list[Check]:
    sent, seen, received = (named[word] for word in ("dispatched", "seen", "receiving"))
    return [
        Response(EACH, sent, received),
        Precedence(EACH, received, sent),
        Absence(EACH, seen, sent),
        Occurrence(EACH, seen, 1, 2),
        Separation(EACH, (sent, received)),
        Condition(EACH, sent, parse_formula("actor is not null")),
        Condition("event", seen, parse_formula("actor is not null")),
    ]


def world(rnd: Random) -> World:
    happenings = [
        Happening(
            "",
            rnd.choice(["shipping", "receiving", "inspecting"]),
            rnd.randrange(6) * DAY,
            (f"o{rnd.randrange(4)}",),
            rnd.choice(["p", "q", None]),
            attributes={
                "action": rnd.choice(["OBSERVE", "ADD", None]),
                "bizStep": rnd.choice(["shipping", "packing", None]),
                "disposition": rnd.choice(["in_transit", "lost", None]),
                "weight": 1,
            },
        )
        for _ in range(20)
    ]
    return World(numbered(*happenings), {}, 9 * DAY)


@pytest.mark.parametrize("seed", range(2))
def test_a_word_judges_as_the_selector_that_it_stands_for(seed: int) -> None:
    told = world(Random(seed))
    by_word = {word: Selector((Pick(word),)) for word in SPELLED}
    worded = framework(*(norm(c, f"n{n}") for n, c in enumerate(checks(by_word))), vocabulary=WORDS)
    spelled = framework(*(norm(c, f"n{n}") for n, c in enumerate(checks(SPELLED))))
    ran = Ran(worded, told)
    assert ran.rows == Ran(spelled, told).rows
    assert {row[3] for row in ran.rows} >= {"met", "breached"}
    assert not any(outcome.warnings for outcome in ran.judgement.norms)


def test_words_are_decided_on_the_kinds_without_a_join_with_events() -> None:
    judged = framework(*(norm(c, f"n{n}") for n, c in enumerate(checks(SPELLED)) if c.each == EACH), vocabulary=WORDS)
    judgement = Ran(judged, world(Random(1))).judgement
    views = [sql for sql in judgement.shared_sql if "VIEW events " not in sql and 'VIEW "takings ' not in sql]
    statements = [*views, *(sql for outcome in judgement.norms for sql in outcome.sql)]
    assert any("t.kind IN (" in sql for sql in statements)
    assert not [sql for sql in statements if "FROM events" in sql or "JOIN events" in sql]
    assert not [sql for sql in statements if "disposition" in sql]


def test_another_attribute_does_join() -> None:
    heavy = Selector((Pick("shipping", parse_formula("weight > 0")),))
    judgement = Ran(framework(norm(Absence(EACH, heavy))), world(Random(1))).judgement
    assert any("FROM events" in sql for sql in judgement.shared_sql)


def test_a_word_narrowed_by_a_condition_asks_both() -> None:
    narrowed = Selector((Pick("seen", parse_formula("actor = 'p' or weight = 2")),))
    spelled = Selector(tuple(Pick(p.event, _and(p)) for p in WORDS["seen"].picks))
    told = world(Random(8))
    one, two = (Ran(framework(norm(Absence(EACH, each)), vocabulary=WORDS), told).rows for each in (narrowed, spelled))
    assert one == two
    assert {row[3] for row in one} == {"met", "breached"}


def _and(pick: Pick) -> Formula:
    asked = "(actor = 'p' or weight = 2)"
    return parse_formula(asked if pick.where is None else f"({pick.where.text}) and {asked}")


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("disposition = 'lost'", True),
        ("disposition <> 'lost'", False),
        ("action is null", True),
        ("action <> 'ADD'", False),  # null does not hold
        ("disposition = 5", False),  # nor does what cannot be compared, and it is no error
        ("length(disposition) = 4", True),
        ("disposition + 1 > 0", False),
        ("1 = 1", True),
    ],
)
def test_a_condition_on_a_kind_is_true_or_it_does_not_select(where: str, holds: bool) -> None:
    fields = {"action": None, "bizStep": None, "disposition": "lost"}
    assert holds_for_kind(parse_formula(where), fields) is holds
