"""Rules of `norms.calendar`: local days, the roll of a legal term, working days, and the holidays as data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import TZPATH, ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.faults import Refused
from scherp.norms import calendar
from scherp.norms.calendar import (
    CALENDARS,
    Day,
    calendar_days,
    holidays,
    is_working,
    read_holidays,
    rolls,
    shipped_holidays,
    tz_version,
    unsure_years,
)
from scherp.norms.model import Duration, Unit

AMSTERDAM = "Europe/Amsterdam"
HOUR = 3_600 * 1_000_000
# Zones whose clocks skip or double midnight (São Paulo, Cairo, Havana) or a whole day (Apia) among them.
ZONES = st.sampled_from([AMSTERDAM, "UTC", "America/Sao_Paulo", "Africa/Cairo", "America/Havana", "Pacific/Apia"])
RANGES = st.builds(
    lambda first, length: (first, first + timedelta(days=length)),
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
    st.integers(0, 400),
)
MANY = settings(max_examples=60, deadline=None)


def one(day: date, name: str = "nl-term", zone: str = AMSTERDAM) -> Day:
    return calendar_days(name, zone, day, day)[0]


def moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24), (date(2026, 1, 1), 24)],
)
def test_a_day_lasts_23_hours_in_spring_and_25_in_autumn(day: date, hours: int) -> None:
    row = one(day)
    assert row.ends - row.starts + 1 == hours * HOUR


def test_a_day_starts_at_local_midnight_and_ends_a_microsecond_before_the_next() -> None:
    row = one(date(2026, 7, 1))
    assert moment(row.starts) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert moment(row.ends) == datetime(2026, 7, 1, 21, 59, 59, 999_999, tzinfo=UTC)


@MANY
@given(st.sampled_from(CALENDARS), ZONES, RANGES)
def test_the_days_fill_the_range_without_gap_or_overlap(name: str, zone: str, span: tuple[date, date]) -> None:
    rows = calendar_days(name, zone, *span)
    assert [row.local_day for row in rows] == [span[0] + timedelta(days=n) for n in range(len(rows))]
    assert rows[-1].local_day == span[1]
    assert sum(row.ends - row.starts + 1 for row in rows) == rows[-1].ends + 1 - rows[0].starts
    assert all(row.ends + 1 == after.starts for row, after in pairwise(rows))


@MANY
@given(ZONES, st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.integers(0, 24 * 60 - 1))
def test_a_moment_lies_in_the_day_that_its_own_clock_shows(zone: str, day: date, minute: int) -> None:
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
    instant = wall.astimezone(UTC)
    shown = instant.astimezone(ZoneInfo(zone)).date()
    micros = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    row = one(shown, zone=zone)
    assert row.starts <= micros <= row.ends


@MANY
@given(st.sampled_from(["nl-term", "nl-working-days"]), RANGES)
def test_a_term_runs_to_the_first_day_that_works(name: str, span: tuple[date, date]) -> None:
    for row in calendar_days(name, AMSTERDAM, *span):
        skipped = [row.local_day + timedelta(days=n) for n in range((row.next_working - row.local_day).days)]
        assert row.next_working >= row.local_day
        assert row.next_working.weekday() < 5
        assert row.next_working not in holidays(row.next_working.year)
        assert not any(map(is_working, skipped))
        assert row.working == (row.next_working == row.local_day)


@MANY
@given(RANGES)
def test_under_nl_days_a_term_ends_where_it_ends(span: tuple[date, date]) -> None:
    rows = calendar_days("nl-days", AMSTERDAM, *span)
    assert [row.next_working for row in rows] == [row.local_day for row in rows]
    # everything else is as in the other calendars, so that a term in working days can be counted there too
    others = calendar_days("nl-term", AMSTERDAM, *span)
    assert [(row.starts, row.working, row.number) for row in rows] == [
        (row.starts, row.working, row.number) for row in others
    ]


@MANY
@given(RANGES, st.integers(1, 30))
def test_n_working_days_later_is_the_working_row_with_the_number_n_higher(span: tuple[date, date], count: int) -> None:
    start = calendar_days("nl-working-days", AMSTERDAM, span[0], span[1] + timedelta(days=90))
    trigger = start[(span[1] - span[0]).days]
    found = [row.local_day for row in start if row.working and row.number == trigger.number + count]
    day, left = trigger.local_day, count
    while left:
        day += timedelta(days=1)
        left -= is_working(day)
    assert found == [day]


@MANY
@given(RANGES, st.integers(0, 400))
def test_a_day_is_the_same_whatever_range_it_is_asked_in(span: tuple[date, date], before: int) -> None:
    rows = calendar_days("nl-term", AMSTERDAM, *span)
    wider = calendar_days("nl-term", AMSTERDAM, span[0] - timedelta(days=before), span[1])[before:]
    shift = wider[0].number - rows[0].number
    assert [(row.starts, row.ends, row.working, row.next_working, row.number + shift) for row in rows] == [
        (row.starts, row.ends, row.working, row.next_working, row.number) for row in wider
    ]


@pytest.mark.parametrize(
    ("ends", "runs_to"),
    [
        (date(2026, 9, 18), date(2026, 9, 18)),  # a Friday
        (date(2026, 9, 19), date(2026, 9, 21)),  # a Saturday
        (date(2026, 9, 20), date(2026, 9, 21)),  # a Sunday
        (date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday: over Easter to Tuesday
        (date(2024, 5, 9), date(2024, 5, 13)),  # Ascension Day: the Friday after it is on a par
        (date(2024, 12, 25), date(2024, 12, 30)),  # Christmas on a Wednesday: that Friday is on a par
        (date(2025, 12, 25), date(2025, 12, 29)),
        (date(2026, 1, 1), date(2026, 1, 5)),  # New Year's Day on a Thursday: that Friday is on a par
        (date(2024, 5, 5), date(2024, 5, 6)),  # Liberation Day on a Sunday is not moved
    ],
)
def test_a_term_that_ends_in_a_weekend_or_on_a_holiday_runs_on(ends: date, runs_to: date) -> None:
    assert one(ends).next_working == runs_to


def test_the_roll_looks_beyond_the_last_day_that_was_asked() -> None:
    assert calendar_days("nl-term", AMSTERDAM, date(2026, 4, 1), date(2026, 4, 3))[-1].next_working == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("day", "moved"), [(date(2014, 4, 27), date(2014, 4, 26)), (date(2006, 4, 30), date(2006, 4, 29))]
)
def test_the_sovereigns_day_is_a_day_earlier_where_it_is_a_sunday(day: date, moved: date) -> None:
    assert day.weekday() == 6
    assert moved in holidays(day.year)
    assert day not in holidays(day.year)


def test_queens_day_gave_way_to_kings_day_after_2013() -> None:
    assert (date(2013, 4, 30) in holidays(2013), date(2013, 4, 27) in holidays(2013)) == (True, False)
    assert (date(2015, 4, 30) in holidays(2015), date(2015, 4, 27) in holidays(2015)) == (False, True)


def test_the_holidays_of_a_year_are_those_and_no_others() -> None:
    assert sorted(holidays(2023)) == [
        date(2023, 1, 1),
        date(2023, 4, 7),
        date(2023, 4, 10),
        date(2023, 4, 27),
        date(2023, 4, 28),
        date(2023, 5, 5),
        date(2023, 5, 18),
        date(2023, 5, 19),
        date(2023, 5, 29),
        date(2023, 12, 25),
        date(2023, 12, 26),
    ]


def test_days_on_a_par_with_a_holiday_are_no_weekend_days() -> None:
    dates = [day for holiday in shipped_holidays().holidays for day in holiday.rule.dates or ()]
    assert len(dates) == 18
    assert [day for day in dates if day.weekday() >= 5] == []


def test_every_shipped_holiday_names_its_source_and_both_languages() -> None:
    names = [holiday.holiday for holiday in shipped_holidays().holidays]
    assert len(names) == len(set(names)) == 14
    for holiday in shipped_holidays().holidays:
        assert holiday.title.keys() == {"nl", "en"}
        assert holiday.source.text.startswith("Algemene termijnenwet art. 3")
        assert holiday.source.checked != "read" or holiday.source.url


def test_years_of_which_a_decree_was_not_found_are_named() -> None:
    assert unsure_years(date(2016, 12, 31), date(2029, 1, 1)) == [2016, 2020, 2021, 2022, 2029]
    assert unsure_years(date(2024, 1, 1), date(2026, 12, 31)) == []


@pytest.mark.parametrize(
    ("count", "unit", "expected"),
    [
        (90, "days", True),
        (91, "days", False),
        (12, "weeks", True),
        (13, "weeks", False),
        (3, "months", True),
        (4, "months", False),
        (1, "years", False),
        (1, "hours", False),
        (72, "hours", False),
        (1, "minutes", False),
        (1, "seconds", False),
        (5, "working days", True),
    ],
)
def test_a_term_rolls_unless_in_hours_or_longer_than_the_law_says(count: int, unit: Unit, expected: bool) -> None:
    assert rolls(Duration(count, unit)) is expected


def test_every_fault_of_a_question_is_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        calendar_days("nl", "Mars/Olympus", date(2026, 1, 2), date(1500, 1, 1))
    assert str(refused.value).splitlines() == [
        "calendar: 'nl' is not a calendar. Write one of nl-term, nl-days, nl-working-days.",
        "calendar: its first day 2026-01-02 lies after its last day 1500-01-01.",
        "calendar: 2026-01-02 to 1500-01-01 is not within 1583-01-01 to 4098-12-31.",
        "calendar: 'Mars/Olympus' is not a time zone. Write UTC or Europe/Amsterdam.",
    ]


@pytest.mark.parametrize("zone", ["", "Europe", "/etc/passwd", "../Europe/Amsterdam", "Europe/Amsterdam\0"])
def test_a_zone_that_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(Refused, match="is not a time zone"):
        one(date(2026, 1, 1), zone=zone)


@pytest.mark.parametrize("day", [calendar.FIRST, calendar.LAST])
def test_the_first_and_last_day_that_a_calendar_can_have_work(day: date) -> None:
    assert one(day).local_day == day


@pytest.mark.parametrize("day", [calendar.FIRST - timedelta(days=1), calendar.LAST + timedelta(days=1)])
def test_a_day_beyond_the_rule_of_easter_is_refused(day: date) -> None:
    with pytest.raises(Refused, match="is not within"):
        one(day)


GOOD = "{holiday: x, title: {nl: X, en: X}, rule: {easter: 1}, source: {text: t, checked: unread}}"


def entry(rule: str) -> str:
    return f"holidays: [{GOOD.replace('{easter: 1}', rule)}]"


def test_the_smallest_calendar_is_read() -> None:
    read = read_holidays(f"holidays: [{GOOD}]", "own.yaml")
    assert (len(read.holidays), read.complete) == (1, ())
    assert read.holidays[0].rule.easter == 1


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: [", "own.yaml: line 1"),
        ("- 1", "own.yaml: $"),
        ("calendar: nl", "own.yaml: $.holidays"),
        ("holidays: []", "own.yaml: $.holidays"),
        ("holidays: {a: 1}", "own.yaml: $.holidays"),
        (f"hollidays: 1\nholidays: [{GOOD}]", "own.yaml: $"),
        (f"complete: 2020\nholidays: [{GOOD}]", "own.yaml: $.complete"),
        (f"complete: [{{from: x}}]\nholidays: [{GOOD}]", "own.yaml: $.complete[0].from"),
        ("holidays: [1]", "own.yaml: $.holidays[0]"),
        ("holidays: [{holiday: x}]", "own.yaml: $.holidays[0]"),
        (f"holidays: [{GOOD.replace('unread', 'surely')}]", "own.yaml: $.holidays[0].source.checked"),
        (f"holidays: [{GOOD.replace('holiday', 'feast')}]", "own.yaml: $.holidays[0]"),
        (entry("{}"), "own.yaml: $.holidays[0].rule"),
        (entry("{month: 2}"), "own.yaml: $.holidays[0].rule"),
        (entry("{month: 2, easter: 1}"), "own.yaml: $.holidays[0].rule"),
        (entry("{month: 2, day: 30}"), "own.yaml: $.holidays[0].rule"),
        (entry("{month: 13, day: 1}"), "own.yaml: $.holidays[0].rule"),
        (entry("{month: 1, day: 1, easter: 1}"), "own.yaml: $.holidays[0].rule"),
        (entry("{month: 1, day: 1, on_sunday: -1}"), "own.yaml: $.holidays[0].rule"),
        (entry("{easter: 1, on_sunday: 1}"), "own.yaml: $.holidays[0].rule"),
        (entry("{easter: 251}"), "own.yaml: $.holidays[0].rule"),
        (entry("{easter: one}"), "own.yaml: $.holidays[0].rule.easter"),
        (entry("{dates: []}"), "own.yaml: $.holidays[0].rule"),
        (entry("{dates: [yesterday]}"), "own.yaml: $.holidays[0].rule.dates[0]"),
    ],
)
def test_each_way_to_get_a_calendar_wrong_is_one_fault_with_its_path(text: str, where: str) -> None:
    with pytest.raises(Refused) as refused:
        read_holidays(text, "own.yaml")
    assert [fault.where for fault in refused.value.faults] == [where]


def test_all_wrong_entries_are_named_together() -> None:
    with pytest.raises(Refused) as refused:
        read_holidays(f"complete: [1]\nholidays: [1, {GOOD}, 2]", "own.yaml")
    assert [fault.where for fault in refused.value.faults] == [
        "own.yaml: $.holidays[0]",
        "own.yaml: $.holidays[2]",
        "own.yaml: $.complete[0]",
    ]


def test_the_version_of_the_time_zones_says_whose_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tz_version().endswith(("(operating system)", "(tzdata package)"))
    assert not any(path in tz_version() for path in TZPATH)
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    assert tz_version().endswith("(tzdata package)")
