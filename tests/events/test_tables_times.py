"""Moments in tables mean what `parse_instant` says, cell by cell, whether SQL or Python reads them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from table_samples import query, reasons, refusal, taken

from scherp.events.database import connect, rows, text
from scherp.events.instants import SkippedHour, iso, parse_instant
from scherp.events.manifest import read_manifest
from scherp.events.model import Instant
from scherp.events.moments_sql import read_moments

DATES = st.one_of(
    st.dates().map(str),
    st.dates(datetime(1995, 1, 1).date(), datetime(2030, 1, 1).date()).map(str),
    st.sampled_from(["2024-03-31", "2024-10-27", "2023-02-29", "20240131", "2024-W05-3", "0000-01-01", "9999-12-31"]),
)
CLOCKS = st.builds(
    "{}{:02}:{:02}{}".format,
    st.sampled_from(["T", " ", "t", "_", "T"]),
    st.integers(0, 24),
    st.integers(0, 60),
    st.sampled_from(["", ":00", ":59", ":60", ":01.5", ":01,25", ":01.123456", ":01.1234567", ":"]),
)
OFFSETS = st.sampled_from(
    ["", "", "Z", "z", "+01:00", "-0930", "+02", " +01:00", "+23:59", "+24:00", "+01:75", "-", "CET"]
)
CELLS = st.one_of(
    DATES,
    st.builds("".join, st.tuples(DATES, CLOCKS, OFFSETS)),
    st.builds(" {} ".format, DATES),
    st.text(max_size=12),
)
ZONES = st.sampled_from(
    ["UTC", "Europe/Amsterdam", "America/Sao_Paulo", "Asia/Beirut", "America/New_York", "Asia/Kathmandu"]
)


def expected(cell: str, zone: str) -> Instant | str | None:
    """What `parse_instant` says: an instant, `gap`, `unreadable`, or None for an empty cell."""
    if not cell.strip(" "):
        return None
    try:
        return parse_instant(cell, zone)
    except SkippedHour:
        return "gap"
    except ValueError:
        return "unreadable"


def read(cells: list[str], zone: str) -> list[Instant | str | None]:
    database = connect(threads=1)
    rows(database, "CREATE TEMP TABLE cells(position BIGINT, cell VARCHAR)")
    database.executemany("INSERT INTO cells VALUES (?, ?)", list(enumerate(cells))).fetchall()
    with tempfile.TemporaryDirectory() as aside:
        read_moments(database, "time", "cells", "cell", zone, None, Path(aside))
    found = rows(
        database, "SELECT epoch_us(t.at), minutes, date_only, ambiguous, gap, written FROM time_at t ORDER BY position"
    )
    database.close()
    return [_said(*row) for row in found]


def _said(
    micros: int | None, minutes: int | None, date_only: bool, ambiguous: bool, gap: bool, written: bool
) -> Instant | str | None:
    if not written:
        return None
    if micros is None:
        return "gap" if gap else "unreadable"
    return Instant(micros, minutes or 0, date_only, ambiguous)


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=60), ZONES)
@example(
    ["2024-03-31T02:30", "2024-10-27T02:30", "2024-10-27", "2024-03-31T24:00", "2024-03-30T24:00:00.0"],
    "Europe/Amsterdam",
)
@example(["2018-11-04", "2018-11-04 00:30", "2019-02-16T23:30"], "America/Sao_Paulo")
@example(
    ["1899-12-31T23:59:59", "1900-01-01", "1937-06-30T12:00", "2100-12-31", "2101-07-01T12:00"], "Europe/Amsterdam"
)
@example(["0001-01-01T00:00+05:00", "9999-12-31T23:00-05:00", "0001-01-01", "9999-12-31T24:00"], "UTC")
def test_a_cell_means_what_parse_instant_says(cells: list[str], zone: str) -> None:
    assert read(cells, zone) == [expected(cell, zone) for cell in cells]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)), min_size=50, max_size=300), ZONES)
def test_every_local_moment_is_placed_as_the_zone_data_say(moments: list[datetime], zone: str) -> None:
    cells = [moment.isoformat(" ") for moment in moments]
    assert read(cells, zone) == [expected(cell, zone) for cell in cells]


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe"])
def test_the_hours_around_every_change_of_the_clock_agree(zone: str) -> None:
    place, moment, cells = ZoneInfo(zone), datetime(2005, 1, 1, tzinfo=UTC), []
    while moment.year < 2027:
        following = moment + timedelta(hours=1)
        if moment.astimezone(place).utcoffset() != following.astimezone(place).utcoffset():
            local = following.astimezone(place).replace(tzinfo=None)
            cells += [(local + timedelta(minutes=15 * step)).isoformat() for step in range(-12, 13)]
        moment = following
    assert cells
    assert read(cells, zone) == [expected(cell, zone) for cell in cells]


@pytest.mark.parametrize(
    ("cell", "means"),
    [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("2024-05-01T10:30", "2024-05-01T10:30:00Z"),
        ("2024-05-01 10:30:15", "2024-05-01T10:30:15Z"),
        ("2024-05-01T10:30:15.25", "2024-05-01T10:30:15.250000Z"),
        ("2024-05-01T10:30:15,250001", "2024-05-01T10:30:15.250001Z"),
        ("2024-05-01T10:30:15Z", "2024-05-01T10:30:15Z"),
        ("2024-05-01 10:30:15 +02:00", "2024-05-01T08:30:15Z"),
        ("2024-05-01T10:30-0130", "2024-05-01T12:00:00Z"),
        ("2024-05-01T24:00", "2024-05-02T00:00:00Z"),
        ("20240501T103015", "2024-05-01T10:30:15Z"),
        (" 2024-05-01 ", "2024-05-01T00:00:00Z"),
    ],
)
def test_the_spellings_of_iso_8601(tmp_path: Path, cell: str, means: str) -> None:
    store = taken(tmp_path, f'case,activity,time\nA,a,"{cell}"\n')
    assert [iso(micros) for (micros,) in query(store, "events", "epoch_us(time)")] == [means]


@pytest.mark.parametrize(
    "cell", ["2024-05-01510:30", "01-05-2024", "2024-13-01", "10:30", "2024-05-01T25:00", "1714557600"]
)
def test_what_is_no_iso_8601_is_refused_and_never_guessed(tmp_path: Path, cell: str) -> None:
    assert reasons(taken(tmp_path, f"case,activity,time\nA,a,{cell}\n")) == ["the time cannot be read"]


def test_the_doubled_hour_is_the_first_and_counted_and_the_skipped_hour_is_refused(tmp_path: Path) -> None:
    content = (
        "case,activity,time\nA,a,2024-10-27T02:30\nB,b,2024-03-31T02:30\nC,c,2024-10-27\nD,d,2024-10-27T02:30+01:00\n"
    )
    store = taken(tmp_path, content, zone="Europe/Amsterdam")
    found = query(store, "events", 'type, epoch_us(time), "offset", date_only', "type")
    assert [(kind, iso(micros), offset, date_only) for kind, micros, offset, date_only in found] == [
        ("a", "2024-10-27T00:30:00Z", 120, False),
        ("c", "2024-10-26T22:00:00Z", 120, True),
        ("d", "2024-10-27T01:30:00Z", 60, False),
    ]
    assert reasons(store) == ["the time does not exist: the clock skipped it"]
    assert read_manifest(store)[0].intake[0].ambiguous_time == 1


def test_naive_times_without_a_zone_refuse_the_table(tmp_path: Path) -> None:
    content = "case,activity,time\nA,a,2024-01-01T10:00Z\nB,b,2024-01-01T10:00\nC,c,20240101\n"
    said = refusal(tmp_path, content, zone=None)
    assert "2 times have no offset from UTC, the first of them in row 2" in said
    assert "zone: Europe/Amsterdam" in said
    assert taken(tmp_path, "case,activity,time\nA,a,2024-01-01T10:00Z\n", "offset.csv", zone=None)


def test_naive_times_of_registration_without_a_zone_refuse_the_table(tmp_path: Path) -> None:
    content = "case,activity,time,known\nA,a,2024-01-01T10:00Z,2024-01-02\n"
    assert "1 times have no offset" in refusal(tmp_path, content, zone=None, recorded="known")


@pytest.mark.parametrize(
    ("format_", "cell", "means", "date_only"),
    [
        ("%d-%m-%Y", "31-01-2024", "2024-01-30T23:00:00Z", True),
        ("%d/%m/%Y %H:%M", "31/07/2024 09:05", "2024-07-31T07:05:00Z", False),
        ("%-d-%-m-%Y %-H:%M", "1-7-2024 9:05", "2024-07-01T07:05:00Z", False),
        ("%d %b %Y %I:%M %p", "01 Jul 2024 09:05 PM", "2024-07-01T19:05:00Z", False),
        ("%Y-%m-%d %H:%M:%S %z", "2024-07-01 09:05:00 +0500", "2024-07-01T04:05:00Z", False),
    ],
)
def test_a_stated_format_is_read_in_the_zone(
    tmp_path: Path, format_: str, cell: str, means: str, date_only: bool
) -> None:
    store = taken(tmp_path, f"case,activity,time\nA,a,{cell}\n", zone="Europe/Amsterdam", time_format=format_)
    found = query(store, "events", "epoch_us(time), date_only")
    assert [(iso(micros), bare) for micros, bare in found] == [(means, date_only)]


def test_a_stated_format_knows_the_skipped_and_the_doubled_hour(tmp_path: Path) -> None:
    content = "case,activity,time\nA,a,31-03-2024 02:30\nB,b,27-10-2024 02:30\nC,c,2024-10-27\n"
    store = taken(tmp_path, content, zone="Europe/Amsterdam", time_format="%d-%m-%Y %H:%M")
    assert reasons(store) == ["the time does not exist: the clock skipped it", "the time cannot be read"]
    assert read_manifest(store)[0].intake[0].ambiguous_time == 1


def test_a_format_that_is_none_refuses_the_table(tmp_path: Path) -> None:
    assert "'%Q' is no format of a time" in refusal(tmp_path, "case,activity,time\nA,a,1\n", time_format="%Q")


def test_a_time_beyond_the_years_that_can_be_written_is_refused(tmp_path: Path) -> None:
    store = taken(tmp_path, "case,activity,time\nA,a,0001-01-01T00:00+01:00\nB,b,9999-12-31T23:59-01:00\n")
    assert reasons(store) == ["the time cannot be read"] * 2


def test_recorded_may_be_empty_but_not_unreadable(tmp_path: Path) -> None:
    content = "case,activity,time,known\nA,a,2024-01-01,2024-01-03\nB,b,2024-01-01,\nC,c,2024-01-01,soon\nD,d,2024-01-01,2024-03-31T02:30\n"
    store = taken(tmp_path, content, recorded="known", zone="Europe/Amsterdam")
    assert [iso(m) for (m,) in query(store, "events", "epoch_us(recorded)", "type")] == ["2024-01-02T23:00:00Z", None]
    assert reasons(store) == [
        "the time of registration cannot be read",
        "the time of registration does not exist: the clock skipped it",
    ]


def test_bare_dates_are_noted_so_that_days_can_be_counted(tmp_path: Path) -> None:
    for name, cells, dated in (
        ("dates.csv", "2024-01-01", "date"),
        ("clock.csv", "2024-01-01T10:00", "instant"),
        ("both.csv", "2024-01-01\nA,b,2024-01-01T10:00", "mixed"),
    ):
        store = taken(tmp_path, f"case,activity,time\nA,a,{cells}\n", name)
        assert [part.dated for part in read_manifest(store)[0].parts_of("takes_part")] == [dated]


def test_odd_cells_in_great_number_are_read_one_by_one(tmp_path: Path) -> None:
    lines = "".join(f"A,a,2024{day:04}T1015\n" for day in (131, 229, 1301)) + "".join(
        f"B,b,x{n}\n" for n in range(120_000)
    )
    store = taken(tmp_path, f"case,activity,time\n{lines}")
    assert [iso(m) for (m,) in query(store, "events", "epoch_us(time)")] == [
        "2024-01-31T10:15:00Z",
        "2024-02-29T10:15:00Z",
    ]
    assert len(reasons(store)) == 120_001


def test_a_literal_of_sql_may_hold_a_nul() -> None:
    assert rows(connect(threads=1), f"SELECT {text(chr(0) + 'it' + chr(39) + 's' + chr(0))}") == [("\0it's\0",)]
