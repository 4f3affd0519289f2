"""When a term is due: weekends and holidays, clocks that change, months, extensions, suspensions, hours that do not count.

Every due moment was worked out by hand from the calendar; the oracle has to give it too. Times are local (Amsterdam).
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import oracle
import pytest
from engine import EACH, Ran, framework, norm, numbered
from oracle import Happening, World
from oracle_terms import micros

from scherp.norms.model import Pick, Response, Selector, Term
from scherp.norms.terms import parse_duration

ZONE = "Europe/Amsterdam"
Events = list[tuple[str, str]]


def one(word: str) -> Selector:
    return Selector((Pick(word),))


def moment(local: str, zone: str = ZONE) -> int:
    """A local time; `+` behind it means the second of the two that autumn has."""
    naive = datetime.fromisoformat(local.rstrip("+"))
    return micros(naive.replace(tzinfo=ZoneInfo(zone), fold=int(local.endswith("+"))).astimezone(UTC))


def term(length: str, calendar: str | None = None, **moved: object) -> Term:
    return Term(parse_duration(length), calendar, **moved)  # type: ignore[arg-type]


def due(
    within: Term, trigger: str, events: Events = (), as_of: str = "2027-12-31T00:00", zone: str = ZONE
) -> int | None:  # type: ignore[assignment]
    happenings = numbered(
        *(Happening("", kind, moment(time, zone), ("c",)) for kind, time in [("A", trigger), *events])
    )
    judged = framework(norm(Response(EACH, one("A"), one("B"), within)), zone=zone)
    world = World(happenings, {}, moment(as_of, zone))
    ran = Ran(judged, world)
    assert ran.rows == oracle.rows(judged, world)
    return ran.rows[0][4]


def end_of(day: str, zone: str = ZONE) -> int:
    return moment(f"{day}T23:59:59.999999", zone)


@pytest.mark.parametrize(
    ("length", "calendar", "trigger", "last_day"),
    [
        # a weekend, Good Friday to Easter Monday, King's day behind a weekend, New Year with the day on a par after it
        ("1 week", "nl-term", "2026-01-10T10:00", "2026-01-19"),
        ("1 week", "nl-term", "2026-03-27T10:00", "2026-04-07"),
        ("2 weeks", "nl-term", "2026-04-11T10:00", "2026-04-28"),
        ("1 week", "nl-term", "2025-12-25T10:00", "2026-01-05"),
        ("1 day", "nl-term", "2026-05-13T10:00", "2026-05-18"),
        # an end on a working day stays; nl-days never moves
        ("2 days", "nl-term", "2026-01-12T00:00", "2026-01-14"),
        ("1 week", "nl-days", "2026-01-10T10:00", "2026-01-17"),
        # twelve weeks, ninety days and three months move, longer terms and years do not
        ("12 weeks", "nl-term", "2026-01-10T10:00", "2026-04-07"),
        ("13 weeks", "nl-term", "2026-01-03T10:00", "2026-04-04"),
        ("90 days", "nl-term", "2026-01-04T10:00", "2026-04-07"),
        ("91 days", "nl-term", "2026-01-03T10:00", "2026-04-04"),
        ("3 months", "nl-term", "2026-01-04T10:00", "2026-04-07"),
        ("4 months", "nl-term", "2026-01-25T10:00", "2026-05-25"),
        ("1 year", "nl-term", "2025-04-06T10:00", "2026-04-06"),
        # the end of a shorter month, also in a leap year
        ("1 month", "nl-days", "2026-01-31T10:00", "2026-02-28"),
        ("1 month", "nl-term", "2026-01-31T10:00", "2026-03-02"),
        ("1 month", "nl-days", "2028-01-31T10:00", "2028-02-29"),
        # working days pass over what is none; the day of the trigger does not count
        ("3 working days", "nl-working-days", "2026-04-02T10:00", "2026-04-09"),
        ("1 working day", "nl-working-days", "2026-04-04T10:00", "2026-04-07"),
        # the last moment of a day and the first of the next start different terms, also where the clock changes
        ("1 day", "nl-days", "2026-03-27T23:59:59.999999", "2026-03-28"),
        ("1 day", "nl-days", "2026-03-28T00:00", "2026-03-29"),
        ("1 day", "nl-days", "2026-03-28T23:30", "2026-03-29"),
        ("1 day", "nl-days", "2026-03-29T00:30", "2026-03-30"),
        ("1 day", "nl-days", "2026-10-24T23:30", "2026-10-25"),
        ("1 day", "nl-days", "2026-10-25T02:30+", "2026-10-26"),
    ],
)
def test_a_term_in_days_ends_with_its_last_day(length: str, calendar: str, trigger: str, last_day: str) -> None:
    as_of = "2028-12-31T00:00" if "2028" in trigger else "2027-12-31T00:00"
    assert due(term(length, calendar), trigger, as_of=as_of) == end_of(last_day)


@pytest.mark.parametrize("zone", ["Europe/London", "America/Curacao", "UTC", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "trigger", ["2026-03-28T23:30", "2026-03-29T00:00", "2026-03-29T23:59:59.999999", "2026-10-25T00:00"]
)
def test_local_days_are_those_of_the_frameworks_zone(zone: str, trigger: str) -> None:
    following = {"2026-03-28T23:30": "2026-03-29", "2026-10-25T00:00": "2026-10-26"}.get(trigger, "2026-03-30")
    assert due(term("1 day", "nl-days"), trigger, zone=zone) == end_of(following, zone)


@pytest.mark.parametrize(
    ("length", "calendar", "trigger", "expected"),
    [
        ("1 day", None, "2026-03-28T12:00", "2026-03-29T13:00"),
        ("1 day", None, "2026-10-24T12:00", "2026-10-25T11:00"),
        ("2 weeks", None, "2026-03-20T12:00", "2026-04-03T13:00"),
        ("48 hours", "nl-term", "2026-04-03T12:00", "2026-04-05T12:00"),
        ("90 seconds", None, "2026-01-01T00:00", "2026-01-01T00:01:30"),
    ],
)
def test_a_term_without_a_calendar_or_in_hours_runs_by_the_clock(
    length: str, calendar: str | None, trigger: str, expected: str
) -> None:
    assert due(term(length, calendar), trigger) == moment(expected)


def test_a_trigger_beyond_the_calendar_is_unknown_and_not_breached() -> None:
    happenings = numbered(Happening("", "A", moment("2190-01-01T00:00"), ("c",)))
    ran = Ran(
        framework(norm(Response(EACH, one("A"), one("B"), term("1 week", "nl-term")))),
        World(happenings, {}, moment("2999-01-01T00:00")),
    )
    assert [row[3:5] for row in ran.rows] == [("unknown", None)]
    assert ran.reasons == {"c": "off-calendar"}
