"""What moves a term on its way: extensions, suspensions, hours of the clock that do not count.

Every due moment was worked out by hand; the oracle has to give it too. Times are local (Amsterdam).
"""

from __future__ import annotations

import pytest
from test_legal_terms import ZONE, Events, due, end_of, moment, one, term

from scherp.faults import Refused
from scherp.norms.model import Duration, ExcludedHours, Extension, Suspension, Term
from scherp.norms.terms import parse_duration


def extended(length: str, calendar: str | None, *by: str) -> Term:
    events = ("E", "F", "G")
    return term(
        length,
        calendar,
        extended_by=tuple(Extension(one(e), parse_duration(b)) for e, b in zip(events, by, strict=False)),
    )


@pytest.mark.parametrize(
    ("within", "events", "last_day"),
    [
        # at the due moment it counts, a microsecond later it does not
        (extended("2 weeks", "nl-term", "1 week"), [("E", "2026-01-26T23:59:59.999999")], "2026-02-02"),
        (extended("2 weeks", "nl-term", "1 week"), [("E", "2026-01-27T00:00")], "2026-01-26"),
        # only once, only at or after the trigger
        (extended("2 weeks", "nl-term", "1 week"), [("E", "2026-01-14T00:00"), ("E", "2026-01-15T00:00")], "2026-02-02"),
        (extended("2 weeks", "nl-term", "1 week"), [("E", "2026-01-12T09:59:59")], "2026-01-26"),
        (extended("2 weeks", "nl-term", "1 week"), [("E", "2026-01-12T10:00")], "2026-02-02"),
        # the second within what the first made of it, in either order of writing
        (extended("2 weeks", "nl-term", "1 week", "3 days"), [("E", "2026-01-20"), ("F", "2026-02-02T12:00")], "2026-02-05"),
        (extended("2 weeks", "nl-term", "3 days", "1 week"), [("F", "2026-01-20"), ("E", "2026-02-02T12:00")], "2026-02-05"),
        # the second in time, but after the first came too late
        (extended("2 weeks", "nl-term", "1 week", "1 week"), [("E", "2026-01-27"), ("F", "2026-01-28")], "2026-01-26"),
        # the end is moved once, at the very end: two weeks and a week end on a Monday, not on a Monday after a Monday
        (extended("5 days", "nl-term", "1 week"), [("E", "2026-01-19T12:00")], "2026-01-26"),
        # lengths add up, months before days
        (extended("1 month", "nl-days", "1 month"), [("E", "2026-01-20")], "2026-03-12"),
        (extended("2 weeks", "nl-days", "1 month"), [("E", "2026-01-20")], "2026-02-26"),
        (extended("3 working days", "nl-working-days", "2 working days"), [("E", "2026-01-15")], "2026-01-19"),
        (extended("2 weeks", "nl-term", "1 week", "1 week", "1 week"),
         [("G", "2026-01-26"), ("E", "2026-02-02"), ("F", "2026-02-09")], "2026-02-16"),
    ],
)  # fmt: skip
def test_an_extension_counts_if_it_came_before_the_term_had_run(within: Term, events: Events, last_day: str) -> None:
    assert due(within, "2026-01-12T10:00", events) == end_of(last_day)


def test_extensions_of_a_term_by_the_clock() -> None:
    within = extended("2 days", None, "12 hours", "1 day")
    assert due(within, "2026-01-12T10:00", [("E", "2026-01-14T10:00")]) == moment("2026-01-14T22:00")
    assert due(within, "2026-01-12T10:00", [("E", "2026-01-14T10:00:00.000001")]) == moment("2026-01-14T10:00")
    both = [("F", "2026-01-14T10:00"), ("E", "2026-01-15T10:00")]
    assert due(within, "2026-01-12T10:00", both) == moment("2026-01-15T22:00")


SUSPENDED = (Suspension(one("S"), one("T")),)
TWICE = (*SUSPENDED, Suspension(one("V"), one("W")))


@pytest.mark.parametrize(
    ("within", "events", "expected"),
    [
        # the clock stands still for an hour; overlapping the trigger, only from the trigger on
        (SUSPENDED, [("S", "2026-01-13T10:00"), ("T", "2026-01-13T11:00")], "2026-01-14T11:00"),
        (SUSPENDED, [("S", "2026-01-11T10:00"), ("T", "2026-01-12T12:00")], "2026-01-14T12:00"),
        (SUSPENDED, [("S", "2026-01-11T10:00"), ("T", "2026-01-12T10:00")], "2026-01-14T10:00"),
        # a second start changes nothing, a second suspension does
        (
            SUSPENDED,
            [("S", "2026-01-13T10:00"), ("S", "2026-01-13T10:30"), ("T", "2026-01-13T11:00")],
            "2026-01-14T11:00",
        ),
        (
            SUSPENDED,
            [("S", "2026-01-13T10"), ("T", "2026-01-13T11"), ("S", "2026-01-13T12"), ("T", "2026-01-13T14")],
            "2026-01-14T13:00",
        ),
        # at the due moment it counts, a microsecond later it does not
        (SUSPENDED, [("S", "2026-01-14T10:00"), ("T", "2026-01-16T10:00")], "2026-01-16T10:00"),
        (SUSPENDED, [("S", "2026-01-14T10:00:00.000001"), ("T", "2026-01-16T10:00")], "2026-01-14T10:00"),
        # within what an earlier one added
        (
            SUSPENDED,
            [("S", "2026-01-14T09"), ("T", "2026-01-15T09"), ("S", "2026-01-15T10"), ("T", "2026-01-15T20")],
            "2026-01-15T20:00",
        ),
        # each start waits for its own end; what overlaps counts once
        (TWICE, [("S", "2026-01-13T10:00"), ("W", "2026-01-13T10:30"), ("T", "2026-01-13T11:00")], "2026-01-14T11:00"),
        (
            TWICE,
            [("S", "2026-01-13T10"), ("V", "2026-01-13T11"), ("T", "2026-01-13T12"), ("W", "2026-01-13T14")],
            "2026-01-14T14:00",
        ),
    ],
)
def test_a_suspension_stops_the_clock(within: tuple[Suspension, ...], events: Events, expected: str) -> None:
    assert due(term("2 days", suspended_by=within), "2026-01-12T10:00", events) == moment(expected)


def test_an_open_suspension_lasts_until_the_moment_of_judging() -> None:
    within = term("2 days", suspended_by=SUSPENDED)
    assert due(within, "2026-01-12T10:00", [("S", "2026-01-13T10:00")], "2026-06-01T00:00") == moment(
        "2026-06-02T00:00"
    )


@pytest.mark.parametrize(
    ("within", "events", "last_day"),
    [
        # ten days; ten days and a part; within one day
        (term("2 weeks", "nl-term", suspended_by=SUSPENDED), [("S", "2026-01-13T10"), ("T", "2026-01-23T10")], "2026-02-05"),
        (term("2 weeks", "nl-term", suspended_by=SUSPENDED), [("S", "2026-01-13T10"), ("T", "2026-01-23T11")], "2026-02-06"),
        (term("2 weeks", "nl-term", suspended_by=SUSPENDED), [("S", "2026-01-13T10"), ("T", "2026-01-13T11")], "2026-01-27"),
        # parts of days add up before they count as whole ones
        (
            term("2 weeks", "nl-term", suspended_by=SUSPENDED),
            [("S", "2026-01-13T10"), ("T", "2026-01-13T11"), ("S", "2026-01-14T10"), ("T", "2026-01-14T11")],
            "2026-01-27",
        ),
        # a weekend stops no working days
        (term("3 working days", "nl-working-days", suspended_by=SUSPENDED), [("S", "2026-01-14T00"), ("T", "2026-01-19T00")], "2026-01-20"),
        # it never ends before the suspension that stopped it: stopped on a Sunday to which the term had been moved
        (term("5 days", "nl-term", suspended_by=SUSPENDED), [("S", "2026-01-18T10"), ("T", "2026-01-21T10")], "2026-01-21"),
        # an extension while it stood still, and one after the end that the suspension gave
        (
            term("1 week", "nl-days", suspended_by=SUSPENDED, extended_by=(Extension(one("E"), Duration(3, "days")),)),
            [("S", "2026-01-15T00"), ("E", "2026-01-20T00"), ("T", "2026-01-25T00")],
            "2026-02-01",
        ),
        (
            term("1 week", "nl-days", suspended_by=SUSPENDED, extended_by=(Extension(one("E"), Duration(3, "days")),)),
            [("S", "2026-01-15T00"), ("T", "2026-01-17T00"), ("E", "2026-01-22T00")],
            "2026-01-21",
        ),
    ],
)  # fmt: skip
def test_on_a_calendar_a_suspension_counts_whole_days(within: Term, events: Events, last_day: str) -> None:
    assert due(within, "2026-01-12T10:00", events) == end_of(last_day)


@pytest.mark.parametrize(("day", "last_day"), [("2026-03-25", "2026-04-08"), ("2026-10-20", "2026-11-03")])
def test_days_of_suspension_are_days_over_a_change_of_the_clock(day: str, last_day: str) -> None:
    since, until = f"{day}T12:00", f"{day[:8]}30T12:00"
    stopped = int(until[8:10]) - int(day[8:])
    within = term(f"{14 - stopped} days", "nl-days", suspended_by=SUSPENDED)
    assert due(within, f"{day}T10:00", [("S", since), ("T", until)]) == end_of(last_day)


NIGHT = ExcludedHours(23 * 60, 7 * 60, ZONE)


@pytest.mark.parametrize(
    ("hours", "length", "trigger", "expected"),
    [
        # over a night, from within one, to its very beginning
        (NIGHT, "10 hours", "2026-01-12T20:00", "2026-01-13T14:00"),
        (NIGHT, "10 hours", "2026-01-12T02:00", "2026-01-12T17:00"),
        (NIGHT, "10 hours", "2026-01-12T23:00", "2026-01-13T17:00"),
        (NIGHT, "3 hours", "2026-01-12T20:00", "2026-01-12T23:00"),
        (NIGHT, "181 minutes", "2026-01-12T20:00", "2026-01-13T07:01"),
        # nights of seven and of nine hours
        (NIGHT, "2 hours", "2026-03-28T22:00", "2026-03-29T08:00"),
        (NIGHT, "2 hours", "2026-10-24T22:00", "2026-10-25T08:00"),
        # from midnight to nine, as with people who are held for questioning; hours of the day
        (ExcludedHours(0, 540, ZONE), "6 hours", "2026-01-12T20:00", "2026-01-13T11:00"),
        (ExcludedHours(720, 1440, ZONE), "13 hours", "2026-01-12T10:00", "2026-01-13T11:00"),
        # hours in the gap of spring do not exist; of the doubled hour of autumn the first begins them
        (ExcludedHours(150, 180, ZONE), "2 hours", "2026-03-29T01:30", "2026-03-29T04:30"),
        (ExcludedHours(150, 180, ZONE), "1 hour", "2026-10-25T02:00", "2026-10-25T03:30"),
    ],
)
def test_hours_that_do_not_count(hours: ExcludedHours, length: str, trigger: str, expected: str) -> None:
    assert due(term(length, excluded_hours=hours), trigger) == moment(expected)


def test_hours_that_do_not_count_with_a_suspension_and_an_extension() -> None:
    moved = {"suspended_by": SUSPENDED, "extended_by": (Extension(one("E"), Duration(2, "hours")),)}
    within = term("10 hours", excluded_hours=NIGHT, **moved)
    stood_still = [("S", "2026-01-12T22:00"), ("T", "2026-01-13T08:00")]  # an hour before the night and one after it
    assert due(within, "2026-01-12T20:00", stood_still) == moment("2026-01-13T16:00")
    assert due(within, "2026-01-12T20:00", [*stood_still, ("E", "2026-01-13T16:00")]) == moment("2026-01-13T18:00")


@pytest.mark.parametrize(
    ("length", "calendar", "by"), [("48 hours", "nl-term", "1 month"), ("2 weeks", "nl-term", "3 hours")]
)
def test_an_extension_counted_otherwise_than_its_term_is_refused(length: str, calendar: str, by: str) -> None:
    with pytest.raises(Refused, match=r"\$\.norms\[0\].*cannot be extended"):
        due(extended(length, calendar, by), "2026-01-12T10:00")
