"""The verdict table: what each kind says of one case, whatever is there, missing or without a time, and whenever it is asked.

Each line reads: the events (type and time), the moment of judging, the verdict. The trigger is on 10 January, the limit is
two days, so that the due moment is 12 January 00:00; the deadline of a case is 12 January 00:00.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from engine import EACH, Ran, framework, norm, numbered
from oracle import Happening, World
from oracle_terms import micros

from scherp.norms.formulas import parse_formula
from scherp.norms.model import (
    Absence,
    Check,
    Condition,
    Deadline,
    Duration,
    Occurrence,
    Pick,
    Precedence,
    Response,
    Selector,
    Separation,
    Term,
    Unless,
)

TRIGGER = "10T00:00"
IN_TIME, DUE, LATE = "11T00:00", "12T00:00", "12T00:00:00.000001"
BEFORE, AT, AFTER = "11T12:00", "12T00:00", "12T00:00:00.000002"


def one(word: str) -> Selector:
    return Selector((Pick(word),))


def at(written: str | None) -> int | None:
    return None if written is None else micros(datetime.fromisoformat(f"2026-01-{written}").replace(tzinfo=UTC))


def verdict(
    check: Check, events: list[tuple[str, str | None]], as_of: str, actors: str = "", **case: object
) -> str | None:
    """The one verdict that the check gives; None where it judges nothing."""
    happenings = numbered(
        *(
            Happening("", kind, at(time), ("case 1",), dict(enumerate(actors)).get(number), attributes={"amount": 1})
            for number, (kind, time) in enumerate(events)
        )
    )
    moment = at(as_of)
    assert moment is not None
    ran = Ran(framework(norm(check)), World(happenings, {"case 1": dict(case)}, moment))
    assert len(ran.rows) <= 1
    return ran.rows[0][3] if ran.rows else None


A = ("A", TRIGGER)
WITHIN = Term(Duration(2, "days"))
LIMITED = Response(EACH, one("A"), one("B"), WITHIN)
UNLIMITED = Response(EACH, one("A"), one("B"))
EXCUSED = Response(EACH, one("A"), one("B"), WITHIN, Unless(one("X")))
ENDED = Response(EACH, one("A"), one("B"), WITHIN, None, one("U"))


@pytest.mark.parametrize(
    ("follower", "as_of", "expected"),
    [
        # a follower in time
        (IN_TIME, BEFORE, "met"),
        (IN_TIME, AT, "met"),
        (IN_TIME, AFTER, "met"),
        # at the trigger's own instant, and at the due moment itself
        (TRIGGER, BEFORE, "met"),
        (DUE, AT, "met"),
        (DUE, AFTER, "met"),
        # one microsecond too late
        (LATE, AFTER, "breached"),
        # before the trigger: it does not follow
        ("09T00:00", BEFORE, "pending"),
        ("09T00:00", AFTER, "breached"),
        # none
        ("none", BEFORE, "pending"),
        ("none", AT, "pending"),
        ("none", AFTER, "breached"),
        # one without a time: it may have been in time
        (None, BEFORE, "unknown"),
        (None, AT, "unknown"),
        (None, AFTER, "unknown"),
        # later than the moment of judging: not seen
        (DUE, BEFORE, "pending"),
    ],
)
def test_response_with_a_limit(follower: str | None, as_of: str, expected: str) -> None:
    events = [A] if follower == "none" else [A, ("B", follower)]
    assert verdict(LIMITED, events, as_of) == expected


@pytest.mark.parametrize(
    ("events", "as_of", "expected"),
    [
        ([A, ("B", "28T00:00")], "30T00:00", "met"),
        ([A], "30T00:00", "pending"),
        ([A, ("B", None)], "30T00:00", "unknown"),
        ([("A", None), ("B", IN_TIME)], "30T00:00", "unknown"),
        ([("B", IN_TIME)], "30T00:00", None),
    ],
)
def test_response_without_a_limit(events: list[tuple[str, str | None]], as_of: str, expected: str | None) -> None:
    assert verdict(UNLIMITED, events, as_of) == expected


@pytest.mark.parametrize(
    ("events", "as_of", "expected"),
    [
        # an exception before the follower, at its instant, after it
        ([A, ("X", "10T12:00"), ("B", IN_TIME)], AFTER, "not_applicable"),
        ([A, ("X", IN_TIME), ("B", IN_TIME)], AFTER, "not_applicable"),
        ([A, ("X", "11T12:00"), ("B", IN_TIME)], AFTER, "met"),
        # at the due moment, one microsecond later, before the trigger
        ([A, ("X", DUE)], AFTER, "not_applicable"),
        ([A, ("X", LATE)], AFTER, "breached"),
        ([A, ("X", "09T00:00")], AFTER, "breached"),
        # while the term still runs, and without a time
        ([A, ("X", IN_TIME)], BEFORE, "not_applicable"),
        ([A, ("X", None)], AFTER, "unknown"),
        ([A, ("X", None), ("B", IN_TIME)], AFTER, "unknown"),
    ],
)
def test_response_unless(events: list[tuple[str, str | None]], as_of: str, expected: str) -> None:
    assert verdict(EXCUSED, events, as_of) == expected


@pytest.mark.parametrize(
    ("events", "as_of", "expected"),
    [
        # the wait ends before the follower, at its instant, after it
        ([A, ("U", "10T12:00"), ("B", IN_TIME)], AFTER, "breached"),
        ([A, ("U", IN_TIME), ("B", IN_TIME)], AFTER, "met"),
        ([A, ("U", "11T12:00"), ("B", IN_TIME)], AFTER, "met"),
        # without a follower it is breached at once, not only when the term has run
        ([A, ("U", IN_TIME)], BEFORE, "breached"),
        ([A, ("U", "09T00:00")], BEFORE, "pending"),
        # without a time it matters only while the outcome is open
        ([A, ("U", None)], BEFORE, "unknown"),
        ([A, ("U", None), ("B", IN_TIME)], AFTER, "unknown"),
        ([A, ("U", None)], AFTER, "breached"),
    ],
)
def test_response_until(events: list[tuple[str, str | None]], as_of: str, expected: str) -> None:
    assert verdict(ENDED, events, as_of) == expected


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        (["08T00:00"], "met"),  # two days before, to the instant
        (["07T23:59:59.999999"], "breached"),
        ([TRIGGER], "met"),  # the same instant counts as before
        (["11T00:00"], "breached"),
        ([], "breached"),
        ([None], "unknown"),
        ([None, "09T00:00"], "met"),
    ],
)
def test_precedence_is_never_pending(needed: list[str | None], expected: str) -> None:
    check = Precedence(EACH, one("A"), one("N"), WITHIN)
    assert verdict(check, [A, *(("N", time) for time in needed)], "20T00:00") == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([A], "met"),
        ([], "met"),
        ([A, ("F", IN_TIME)], "breached"),
        ([A, ("F", None)], "breached"),  # when is not asked
    ],
)
def test_absence_of_an_object(events: list[tuple[str, str | None]], expected: str) -> None:
    assert verdict(Absence(EACH, one("F")), events, AFTER) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([A], "met"),
        ([A, ("F", "09T00:00")], "met"),
        ([A, ("F", TRIGGER)], "breached"),  # the same instant counts as after
        ([A, ("F", IN_TIME)], "breached"),
        ([A, ("F", None)], "unknown"),
        ([("A", None), ("F", IN_TIME)], "unknown"),
        ([("A", None)], "met"),
        ([("F", IN_TIME)], None),
    ],
)
def test_absence_after_a_trigger(events: list[tuple[str, str | None]], expected: str | None) -> None:
    assert verdict(Absence(EACH, one("F"), one("A")), events, AFTER) == expected


@pytest.mark.parametrize(
    ("count", "at_least", "at_most", "expected"),
    [(0, 1, None, "breached"), (1, 1, None, "met"), (1, 0, 1, "met"), (2, 0, 1, "breached"), (0, 0, 0, "met")],
)
def test_occurrence_is_never_pending(count: int, at_least: int, at_most: int | None, expected: str) -> None:
    assert verdict(Occurrence(EACH, one("A"), at_least, at_most), [A] * count, BEFORE) == expected


@pytest.mark.parametrize(
    ("events", "until", "as_of", "expected"),
    [
        ([A], DUE, BEFORE, "met"),
        ([], DUE, BEFORE, "pending"),
        ([], DUE, AT, "pending"),
        ([], DUE, AFTER, "breached"),
        ([("A", DUE)], DUE, AFTER, "met"),
        ([("A", LATE)], DUE, AFTER, "breached"),
        ([("A", None)], DUE, AFTER, "unknown"),
        ([A], None, AFTER, "unknown"),
    ],
)
def test_occurrence_by_a_moment(
    events: list[tuple[str, str | None]], until: str | None, as_of: str, expected: str
) -> None:
    assert verdict(Occurrence(EACH, one("A"), 1, None, "until"), events, as_of, until=at(until)) == expected


@pytest.mark.parametrize(
    ("actors", "expected"),
    [("pq", "met"), ("pp", "breached"), ("p", "unknown"), ("", "unknown")],
)
def test_separation_of_two_acts(actors: str, expected: str) -> None:
    check = Separation(EACH, (one("A"), one("B")))
    assert verdict(check, [A, ("B", IN_TIME)], AFTER, actors) == expected
    assert verdict(check, [A], AFTER, actors) is None


def test_a_same_actor_outweighs_a_missing_one() -> None:
    assert verdict(Separation(EACH, (one("A"), one("B"))), [A, ("B", IN_TIME), ("B", None)], AFTER, "pp") == "breached"


@pytest.mark.parametrize(
    ("done", "as_of", "expected"),
    [
        ([IN_TIME], BEFORE, "met"),
        ([DUE], AT, "met"),
        ([LATE], AFTER, "breached"),
        ([IN_TIME, LATE], AFTER, "met"),  # the first one counts
        ([], BEFORE, "pending"),
        ([], AT, "pending"),
        ([], AFTER, "breached"),
        ([None], BEFORE, "unknown"),
        ([None, LATE], AFTER, "unknown"),
        ([None, IN_TIME], AFTER, "met"),
    ],
)
def test_deadline_of_an_object(done: list[str | None], as_of: str, expected: str) -> None:
    check = Deadline(EACH, one("D"), "until")
    assert verdict(check, [("D", time) for time in done], as_of, until=at(DUE)) == expected


def test_a_case_without_the_deadline_is_not_judged() -> None:
    assert verdict(Deadline(EACH, one("D"), "until"), [("D", IN_TIME)], AFTER, until=None) is None


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ("amount = 1", "met"),
        ("amount = 2", "breached"),
        ("nothing = 1", "unknown"),
        ("amount = 1 or nothing = 1", "met"),
        ("amount = 2 and nothing = 1", "breached"),
        ("not nothing = 1", "unknown"),
        ("nothing is null", "met"),
    ],
)
@pytest.mark.parametrize("time", [TRIGGER, None])
def test_condition_on_an_event(holds: str, time: str | None, expected: str) -> None:
    assert verdict(Condition(EACH, one("A"), parse_formula(holds)), [("A", time)], AFTER) == expected
