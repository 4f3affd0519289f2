"""Local time in a formula: days and clock by the zone's own rules, and the periods of a party.

Source: the engine's decision 3 (changes of the clock); the rules of the field, 11 (closure periods).
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.events.database import connect, rows
from scherp.judging.local_clock import local_sql

ZONES = st.sampled_from(["Europe/Amsterdam", "UTC", "America/New_York", "Asia/Kolkata"])
NEAR_CHANGES = st.datetimes(datetime(2025, 10, 25, 22), datetime(2025, 10, 26, 3)) | st.datetimes(
    datetime(2026, 3, 29, 0), datetime(2026, 3, 29, 3)
)
MOMENTS = st.datetimes(datetime(2015, 1, 2), datetime(2044, 12, 30)) | NEAR_CHANGES
DAYS = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
DATABASE = connect()


def asked(word: str, zone: str, time: datetime, recorded: datetime | None = None, periods: str | None = None) -> object:
    later = "NULL" if recorded is None else f"'{recorded}'"
    held = "NULL" if periods is None else f"'{periods}'"
    source = (
        f"(SELECT TIMESTAMP '{time}' AS time, CAST({later} AS TIMESTAMP) AS recorded, CAST({held} AS VARCHAR) AS p)"
    )
    return rows(DATABASE, f"SELECT {local_sql(word, zone, 't', 't.p')} FROM {source} t")[0][0]


@settings(max_examples=60, deadline=None)
@given(ZONES, MOMENTS, MOMENTS)
def test_days_and_clock_are_those_of_the_zone(zone: str, time: datetime, recorded: datetime) -> None:
    local, later = (moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for moment in (time, recorded))
    assert asked("local_clock", zone, time) == f"{local:%H:%M:%S}"
    assert asked("local_day", zone, time) == (local.date() - date(1970, 1, 1)).days
    assert asked("recorded_day", zone, time, recorded) == (later.date() - date(1970, 1, 1)).days


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.lists(st.tuples(DAYS, DAYS), max_size=4))
def test_a_day_is_in_a_period_from_its_first_to_its_last_day(
    day: date, spans: list[tuple[date | None, date | None]]
) -> None:
    periods = json.dumps([[start and str(start), end and str(end)] for start, end in spans])
    within = any((start or date.min) <= day <= (end or date.max) for start, end in spans)
    assert asked("in_period", "UTC", datetime(day.year, day.month, day.day, 12), periods=periods) is within


@pytest.mark.parametrize("periods", [None, json.dumps([["2025-01-01", "2025-01-02"]] * 13)])
def test_no_periods_or_more_than_are_looked_at_is_unknown(periods: str | None) -> None:
    assert asked("in_period", "UTC", datetime(2025, 6, 1), periods=periods) is None


def test_a_registration_without_a_time_has_no_day() -> None:
    assert asked("recorded_day", "UTC", datetime(2025, 6, 1)) is None
