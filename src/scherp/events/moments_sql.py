"""Moments of a table's column, read in bulk: the rules of `instants` as SQL.

Rule: the same spelling means the same instant as `instants.parse_instant` says, for every cell. Zone data is a small
table of periods made in Python and joined, so that the database's own zone data decides nothing. Source: the engine's
decision 6.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from scherp.events.database import Database, name, rows, text
from scherp.events.instants import time_zone

_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?( ?(Z|z|[+-]\d{2}(:?\d{2})?))?)?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_OFFSET = r"(Z|z|[+-]\d{2}(:?\d{2})?)$"
_HAS_CLOCK_AND_OFFSET = r"\d:\d{2}.*( ?(Z|z|[+-]\d{2}(:?\d{2})?))$"


def spoken_moment(column: str, format_: str | None) -> str:
    """SQL for a struct (local TIMESTAMP, offset minutes or null, date_only) of a text column; null where unreadable."""
    cell = f"trim({column})"
    if format_ is not None:
        with_offset = "%z" in format_
        date_only = not any(part in format_ for part in ("%H", "%I", "%s", "%c", "%X"))
        moment = f"try_strptime({cell}, {text(format_)})"
        local = f"CAST({moment} AT TIME ZONE 'UTC' AS TIMESTAMP)" if with_offset else f"CAST({moment} AS TIMESTAMP)"
        offset = "0" if with_offset else "NULL"
        return _struct(f"try({local})", f"CAST({offset} AS INTEGER)", str(date_only).lower())
    readable = f"regexp_matches({cell}, {text(_ISO)})"
    has_offset = f"regexp_matches({cell}, {text(_HAS_CLOCK_AND_OFFSET)})"
    bare = f"regexp_replace(replace({cell}, ',', '.'), {text(' ?' + _OFFSET)}, '')"
    local = f"CASE WHEN {readable} THEN CASE WHEN {has_offset} THEN try_cast({bare} AS TIMESTAMP) ELSE try_cast(replace({cell}, ',', '.') AS TIMESTAMP) END END"
    return _struct(local, f"CASE WHEN {has_offset} THEN {_minutes(cell)} END", f"regexp_matches({cell}, {text(_DATE)})")


def zone_periods(database: Database, table: str, zone: str) -> None:
    """Make the temporary `table` (local_from TIMESTAMP, offset INTEGER or null in a gap, ambiguous BOOLEAN) of `zone`."""
    spelled = ", ".join(
        f"(TIMESTAMP {text(str(start))}, {'NULL' if offset is None else offset}, {str(ambiguous).lower()})"
        for start, offset, ambiguous in _periods(zone)
    )
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE {name(table)} AS "
        f"SELECT * FROM (VALUES {spelled}) AS p(local_from, zone_offset, ambiguous)",
    )


@lru_cache(maxsize=8)
def _periods(zone: str) -> tuple[tuple[datetime, int | None, bool], ...]:
    """From when on, on the local clock, which offset holds: the first reading in doubled hours, none in gaps."""
    place = time_zone(zone)
    moment, end = datetime(1900, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
    offset = place.utcoffset(moment.astimezone(place)) or timedelta()
    found: list[tuple[datetime, int | None, bool]] = [(datetime(1, 1, 1), _in_minutes(offset), False)]
    while moment < end:
        following = moment + timedelta(days=1)
        after = place.utcoffset(following.astimezone(place)) or timedelta()
        if after != offset:
            change = _change_between(moment, following, zone)
            found += _around(change, offset, after)
            offset = after
        moment = following
    return tuple(found)


def _around(change: datetime, before: timedelta, after: timedelta) -> list[tuple[datetime, int | None, bool]]:
    utc = change.replace(tzinfo=None)
    if after < before:
        return [(utc + after, _in_minutes(before), True), (utc + before, _in_minutes(after), False)]
    return [(utc + before, None, False), (utc + after, _in_minutes(after), False)]


def _change_between(low: datetime, high: datetime, zone: str) -> datetime:
    place = time_zone(zone)
    before = place.utcoffset(low.astimezone(place))
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if place.utcoffset(middle.astimezone(place)) == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _in_minutes(offset: timedelta) -> int:
    return int(offset.total_seconds() // 60)


def _minutes(cell: str) -> str:
    written = f"regexp_extract({cell}, {text(_OFFSET)}, 1)"
    digits = f"replace(substr({written}, 2), ':', '')"
    minutes = f"(CAST(substr({digits}, 1, 2) AS INTEGER) * 60 + coalesce(try_cast(substr({digits}, 3, 2) AS INTEGER), 0))"
    return f"CASE WHEN upper({written}) = 'Z' THEN 0 WHEN {written} LIKE '-%' THEN -{minutes} ELSE {minutes} END"


def _struct(local: str, offset: str, date_only: str) -> str:
    return f"struct_pack(local_time := {local}, stated_offset := {offset}, date_only := {date_only})"
