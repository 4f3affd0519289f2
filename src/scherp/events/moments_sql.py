"""Moments of a table's column, read in bulk: the rules of `instants` as SQL.

Rule: the same spelling means the same instant as `instants.parse_instant` says, for every cell. The usual spellings of
the years 1900 to 2100 are read by the database; whatever else a cell says is given to `parse_instant` itself. Zone data
is a small table of periods made in Python and joined, so that the database's own zone data decides nothing. Source: the
engine's decision 6.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb
import msgspec

from scherp.events.database import Database, rows, text, value
from scherp.events.instants import SkippedHour, parse_instant, time_zone

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_OFFSET = rf"(Z|[+-]{_CLOCK})"
_USUAL = rf"^(19|20)\d{{2}}-\d{{2}}-\d{{2}}([T ]{_CLOCK}(:[0-5]\d(\.\d{{1,6}})?)?{_OFFSET}?)?$"
_HAS_OFFSET = rf":.*{_OFFSET}$"
_TELLS_TIME = re.compile(r"%-?[HIcXs]")
_LONGEST = 64  # characters; nothing longer is a moment
_CHUNK = 50_000


def read_moments(
    database: Database, which: str, relation: str, cell: str, zone: str | None, format_: str | None, aside: Path
) -> None:
    """The temporary table `{which}_at`, one row for each row of `relation` (which has `position`).

    position, written (does the cell say anything), at (UTC), minutes (offset), date_only, ambiguous, gap (the clock
    skipped it), naive (without an offset). cell: SQL for the column's text. format_: a strptime format, or None for
    ISO 8601. ValueError where the format is none.
    """
    said = f"nullif(trim({cell}), '')"
    spoken = _by_format(said, format_, database) if format_ else _usual(said)
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE spoken AS SELECT position, {said} IS NOT NULL AS written, "
        f"{spoken}, {'NULL::VARCHAR' if format_ else f'CASE WHEN local_time IS NULL THEN {said} END'} AS odd FROM {relation}",
    )
    _odd_moments(database, zone, aside)
    zone_periods(database, zone or "UTC")
    placed = "local_time - to_seconds(coalesce(stated, zone_offset))"
    rows(
        database,
        f"""CREATE OR REPLACE TEMP TABLE {which}_at AS
        SELECT position, written,
          CASE WHEN odd IS NOT NULL THEN make_timestamp(o.micros) WHEN stated IS NOT NULL OR s.date_only OR NOT p.gap THEN {placed}
          END AS at,
          CAST(coalesce(o.minutes, floor(coalesce(stated, zone_offset) / 60)) AS SMALLINT) AS minutes,
          coalesce(o.date_only, s.date_only, false) AS date_only,
          coalesce(o.ambiguous, stated IS NULL AND p.ambiguous AND NOT s.date_only, false) AS ambiguous,
          coalesce(o.gap, stated IS NULL AND p.gap AND NOT s.date_only, false) AS gap,
          coalesce(o.naive, local_time IS NOT NULL AND stated IS NULL, false) AS naive
        FROM spoken s ASOF LEFT JOIN zone_periods p ON local_time >= p.local_from LEFT JOIN odd_moments o USING (odd)""",
    )


def _usual(said: str) -> str:
    """SQL columns local_time, stated (offset in seconds) and date_only of an ISO 8601 cell in its usual spelling."""
    offset = f"regexp_extract({said}, {text(_OFFSET + '$')})"
    seconds = f"(CAST(substr({offset}, 2, 2) AS INTEGER) * 3600 + CAST(substr({offset}, 5, 2) AS INTEGER) * 60)"
    has_offset = f"regexp_matches({said}, {text(_HAS_OFFSET)})"
    return (
        f"CASE WHEN regexp_matches({said}, {text(_USUAL)}) THEN try_cast(CASE WHEN {has_offset} "
        f"THEN regexp_replace({said}, {text(_OFFSET + '$')}, '') ELSE {said} END AS TIMESTAMP) END AS local_time, "
        f"CASE WHEN local_time IS NOT NULL AND {has_offset} THEN CASE WHEN {offset} = 'Z' THEN 0 "
        f"WHEN {offset} LIKE '-%' THEN -{seconds} ELSE {seconds} END END AS stated, length({said}) = 10 AS date_only"
    )


def _by_format(said: str, format_: str, database: Database) -> str:
    """The same columns of a cell in a strptime format; ValueError where it is none."""
    try:
        kind = value(database, f"SELECT typeof(try_strptime('', {text(format_)}))")
    except duckdb.Error as fault:
        raise ValueError(f"{format_!r} is no format of a time ({type(fault).__name__})") from None
    moment = f"try_strptime({said}, {text(format_)})"
    local = f"CAST({moment} AS TIMESTAMP)"
    within = f"CASE WHEN year({local}) BETWEEN 2 AND 9998 THEN {local} END AS local_time"
    stated = "0" if kind == "TIMESTAMP WITH TIME ZONE" else "NULL::INTEGER"
    return f"{within}, {stated} AS stated, {str(_TELLS_TIME.search(format_) is None).lower()} AS date_only"


class _Odd(msgspec.Struct):
    odd: str
    micros: int | None = None
    minutes: int | None = None
    date_only: bool = False
    ambiguous: bool = False
    gap: bool = False
    naive: bool = False


def _odd_moments(database: Database, zone: str | None, aside: Path) -> None:
    """The temporary table `odd_moments`: what `parse_instant` says of every distinct cell that SQL did not read."""
    path = aside / "odd.jsonl"
    encoder, last = msgspec.json.Encoder(), ""
    with path.open("wb") as file:
        while found := rows(
            database,
            f"SELECT DISTINCT odd FROM spoken WHERE odd > ? AND length(odd) <= {_LONGEST} ORDER BY odd LIMIT {_CHUNK}",
            [last],
        ):
            last = found[-1][0]
            file.write(encoder.encode_lines([_read_odd(cell, zone) for (cell,) in found]))
    columns = ("odd: 'VARCHAR', micros: 'BIGINT', minutes: 'SMALLINT', date_only: 'BOOLEAN', ambiguous: 'BOOLEAN', "
               "gap: 'BOOLEAN', naive: 'BOOLEAN'")  # fmt: skip
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE odd_moments AS SELECT * FROM read_json({text(str(path))}, "
        f"format = 'newline_delimited', columns = {{{columns}}})",
    )
    path.unlink()


def _read_odd(cell: str, zone: str | None) -> _Odd:
    try:
        instant = parse_instant(cell, zone or "UTC")
    except SkippedHour:
        return _Odd(cell, gap=True, naive=True)
    except ValueError:
        return _Odd(cell)
    return _Odd(cell, instant.micros, instant.offset, instant.date_only, instant.ambiguous, naive=_is_naive(cell))


def _is_naive(cell: str) -> bool:
    try:
        parse_instant(cell, None)
    except ValueError:
        return True
    return False


def zone_periods(database: Database, zone: str) -> None:
    """The temporary table `zone_periods` of `zone`: from which local time on which offset (in seconds) holds, whether
    that local time occurs twice (the first of the two counts), and whether the clock skips it (`gap`)."""
    spelled = ", ".join(
        f"(TIMESTAMP {text(str(start))}, {offset}, {str(ambiguous).lower()}, {str(gap).lower()})"
        for start, offset, ambiguous, gap in _periods(zone)
    )
    rows(
        database,
        "CREATE OR REPLACE TEMP TABLE zone_periods AS "
        f"SELECT * FROM (VALUES {spelled}) AS p(local_from, zone_offset, ambiguous, gap)",
    )


_Period = tuple[datetime, int, bool, bool]


@lru_cache(maxsize=8)
def _periods(zone: str) -> tuple[_Period, ...]:
    place = time_zone(zone)
    # A day more on both sides than the years that are read here.
    moment, end = datetime(1899, 12, 30, tzinfo=UTC), datetime(2101, 1, 2, tzinfo=UTC)
    offset = place.utcoffset(moment.astimezone(place)) or timedelta()
    found: list[_Period] = [(datetime(1, 1, 1), int(offset.total_seconds()), False, False)]
    while moment < end:
        following = moment + timedelta(days=1)
        after = place.utcoffset(following.astimezone(place)) or timedelta()
        if after != offset:
            found += _around(_change_between(moment, following, zone), offset, after)
            offset = after
        moment = following
    return tuple(found)


def _around(change: datetime, before: timedelta, after: timedelta) -> list[_Period]:
    utc, old, new = change.replace(tzinfo=None), int(before.total_seconds()), int(after.total_seconds())
    if after < before:
        return [(utc + after, old, True, False), (utc + before, new, False, False)]
    return [(utc + before, old, False, True), (utc + after, new, False, False)]


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
