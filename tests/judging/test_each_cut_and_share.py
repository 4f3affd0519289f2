"""What is judged, what a run may see, and how entries of one norm divide time.

`each: event`, the cut at as_of and at what was known, events that were taken back, validity with a gap, the exact share.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from engine import EACH, Ran, framework, norm, numbered, shared, tables_of
from oracle import Happening, World
from oracle_terms import DAY
from test_legal_terms import moment, one

from scherp.judging.judge import Judgement, NormOutcome
from scherp.judging.record import VERDICTS
from scherp.norms.formulas import parse_formula
from scherp.norms.model import Absence, Check, Condition, Duration, Occurrence, Precedence, Response, Share, Term, Valid
from scherp.runs.cases import norm_records

AMOUNT = parse_formula("amount > 2")
WITHIN = Response(EACH, one("A"), one("B"), Term(Duration(2, "days")))


def verdicts(check: Check, happenings: list[Happening], as_of: int, **seen: object) -> dict[str | None, str]:
    """By object, or by event where there is none."""
    ran = Ran(framework(norm(check)), World(numbered(*happenings), {}, as_of, **seen))  # type: ignore[arg-type]
    return {row[1] or row[2]: row[3] for row in ran.rows}


def happens(
    kind: str, time: int | None, *objects: str, recorded: int | None = None, amount: int | None = None
) -> Happening:
    return Happening("", kind, time, objects, recorded=recorded, attributes={"amount": amount})


def test_each_event_is_judged_once_whatever_takes_part() -> None:
    happenings = [happens("A", 0, "c", "d", amount=3), happens("A", 0, amount=1), happens("B", 0, "c", amount=1)]
    found = verdicts(Condition("event", one("A"), AMOUNT), happenings, DAY)
    assert found == {"event 1": "met", "event 2": "breached"}


def test_each_object_that_takes_part_is_judged() -> None:
    found = verdicts(Condition(EACH, one("A"), AMOUNT), [happens("A", 0, "c", "d", amount=3)], DAY)
    assert found == {"c": "met", "d": "met"}


@pytest.mark.parametrize("check", [Condition("event", one("A"), AMOUNT), Condition(EACH, one("A"), AMOUNT)])
def test_a_later_event_is_not_seen(check: Check) -> None:
    happenings = [
        happens("A", DAY, "c", amount=3),
        happens("A", DAY + 1, "d", amount=3),
        happens("A", None, "e", amount=3),
    ]
    found = verdicts(check, happenings, DAY)
    assert len(found) == 2
    assert set(found.values()) == {"met"}


def test_a_case_of_which_all_events_are_later_is_not_seen_either() -> None:
    happenings = [happens("A", 0, "c"), happens("A", 2 * DAY, "d")]
    found = verdicts(Occurrence(EACH, one("A"), 1), happenings, DAY)
    assert found == {"c": "met"}


def test_a_bare_date_is_seen_from_its_own_midnight_on() -> None:
    """Its midnight in the source's zone came an hour before its 00:00 UTC, where it stands."""
    world = World(numbered(happens("A", 0, "c"), happens("A", DAY, "d")), {}, DAY - DAY // 48, dates=True)
    ran = Ran(
        framework(norm(Occurrence(EACH, one("A"), 1))), world, tables=tables_of(shared(), world, "Europe/Amsterdam")
    )
    assert [row[1] for row in ran.rows] == ["c"]


def test_a_case_without_events_is_judged() -> None:
    ran = Ran(framework(norm(Occurrence(EACH, one("A"), 1))), World(numbered(happens("A", 0, "c")), {"d": {}}, DAY))
    assert [(row[1], row[3]) for row in ran.rows] == [("c", "met"), ("d", "breached")]


def test_what_was_registered_later_is_not_known() -> None:
    happenings = [happens("A", 0, "c", recorded=0), happens("B", DAY, "c", recorded=5 * DAY)]
    assert verdicts(WITHIN, happenings, 9 * DAY) == {"c": "met"}
    assert verdicts(WITHIN, happenings, 9 * DAY, known_at=5 * DAY) == {"c": "met"}
    assert verdicts(WITHIN, happenings, 9 * DAY, known_at=5 * DAY - 1) == {"c": "breached"}


def test_an_event_without_a_time_of_registration_is_known() -> None:
    happenings = [happens("A", 0, "c"), happens("B", DAY, "c")]
    assert verdicts(WITHIN, happenings, 9 * DAY, known_at=0) == {"c": "met"}


@pytest.mark.parametrize(("back", "expected"), [("event 2", {"c": "breached"}), ("event 1", {})])
def test_an_event_that_was_taken_back_did_not_happen(back: str, expected: dict[str, str]) -> None:
    happenings = [happens("A", 0, "c"), happens("B", DAY, "c")]
    assert verdicts(WITHIN, happenings, 9 * DAY, taken_back=frozenset([back])) == expected


def divided(first: Check, second: Check, happenings: list[Happening]) -> list[tuple[str | None, str | None, str]]:
    """Rows of a norm with one entry until 2026 and one from 2027 on."""
    judged = framework(
        norm(first, valid=Valid(None, date(2026, 1, 1))), norm(second, valid=Valid(date(2027, 1, 1)), number=1)
    )
    ran = Ran(judged, World(numbered(*happenings), {}, moment("2028-01-01T00:00")))
    assert list(ran.counts()) == ["n"]
    assert sum(ran.counts()["n"].values()) == len(ran.rows)
    return [row[1:4] for row in ran.rows]


LAST, FIRST = moment("2025-12-31T23:59:59.999999"), moment("2027-01-01T00:00")


def test_the_trigger_picks_the_entry_and_a_gap_is_not_applicable() -> None:
    one_day, ten_days = (Response(EACH, one("A"), one("B"), Term(Duration(n, "days"))) for n in (1, 10))
    happenings = [
        *(happens("A", LAST, "a"), happens("B", LAST + 5 * DAY, "a")),
        *(happens("A", LAST + 1, "b"), happens("A", FIRST - 1, "c"), happens("A", None, "d")),
        *(happens("A", FIRST, "e"), happens("B", FIRST + 5 * DAY, "e")),
    ]
    assert divided(one_day, ten_days, happenings) == [
        ("a", "event 1", "breached"),
        ("b", "event 3", "not_applicable"),
        ("c", "event 4", "not_applicable"),
        ("d", "event 5", "unknown"),
        ("e", "event 6", "met"),
    ]


def test_a_gap_is_told_once_though_the_entries_differ() -> None:
    found = divided(
        Precedence(EACH, one("A"), one("B")), Precedence(EACH, one("A"), one("C")), [happens("A", LAST + 1, "a")]
    )
    assert found == [("a", "event 1", "not_applicable")]


@pytest.mark.parametrize("at", [LAST, LAST + 1, FIRST])
def test_data_that_lie_in_one_entry_are_judged_once(at: int) -> None:
    happenings = [happens("A", at, "a"), happens("A", None, "b")]
    whole = divided(Absence(EACH, one("F")), Absence(EACH, one("F")), happenings)
    assert [row[0] for row in whole] == ["a", "b"]
    assert whole[0][2] == ("not_applicable" if at == LAST + 1 else "met")
    single = divided(WITHIN, WITHIN, happenings)
    assert [row[0] for row in single] == ["a", "b"]


@pytest.mark.parametrize(
    ("met", "breached", "at_least", "reached"),
    [
        (95, 5, "0.95", True),
        (94, 5, "0.95", False),
        (7, 3, "0.7", True),  # 0.7 has no binary fraction
        (1, 2, "0.333333333333333334", False),
        (1, 2, "0.333333333333333333", True),
        (0, 0, "0.5", None),
    ],
)
def test_a_share_is_reached_exactly(met: int, breached: int, at_least: str, reached: bool | None) -> None:
    target = norm(WITHIN, share=Share(Decimal(at_least)))
    Ran(framework(target), World((), {}, 0))  # an empty table of verdicts
    counts = dict.fromkeys(VERDICTS, 0) | {"met": met, "breached": breached, "unknown": 9}
    record = norm_records(shared(), framework(target), Judgement([NormOutcome("n", counts)], []))[0]
    assert record.reached is reached
    assert record.population == met + breached + 9
    assert (record.share is None) == (met + breached == 0)
