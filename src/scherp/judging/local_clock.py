"""What a formula may ask of local time: the day and the clock where an event happened, and a party's periods.

Rule: `local_day` and `recorded_day` number the local days of an event's time and of its registration; `local_clock` is
the local clock time as text, 14:05:00, which compares with an opening hour; `in_period` says whether the local day of the
event lies in one of the judged object's periods, the last day included. The zone is the framework's. Its changes of the
clock are written into the SQL, from the same time zone data as every calendar, so that any engine reads them alike. More
periods than are looked at make it null, never false. Source: the engine's decisions 3 and 6; the rules of the field, 11.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from scherp.events.instants import time_zone

Word = Literal["local_day", "recorded_day", "local_clock", "in_period"]
GROUPS: dict[str, str] = {"local_day": "number", "recorded_day": "number", "local_clock": "text", "in_period": "truth"}
"""The words, and the group of their values."""
_FIRST, _LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
_MOST = 12  # periods of one party that are looked at


def local_sql(word: str, zone: str, alias: str, periods: str) -> str:
    """SQL of a word. alias: of the relation with `time` and `recorded`; periods: SQL of the object's periods."""
    if word == "in_period":
        return _in_period(f"strftime({_local(f'{alias}.time', zone)}, '%Y-%m-%d')", periods)
    if word == "local_clock":
        return f"strftime({_local(f'{alias}.time', zone)}, '%H:%M:%S')"
    moment = f"{alias}.time" if word == "local_day" else f"{alias}.recorded"
    return f"datediff('day', DATE '1970-01-01', CAST({_local(moment, zone)} AS DATE))"


def _local(moment: str, zone: str) -> str:
    *spans, (_, last) = _offsets(zone)
    whens = " ".join(f"WHEN {moment} < TIMESTAMP '{end:%Y-%m-%d %H:%M:%S}' THEN {offset}" for end, offset in spans)
    minutes = f"CASE {whens} ELSE {last} END" if spans else str(last)
    return f"({moment} + ({minutes}) * INTERVAL '1' MINUTE)"


@lru_cache
def _offsets(zone: str) -> tuple[tuple[datetime, int], ...]:
    """(until when, minutes ahead of UTC) of the zone, in order; the last holds from then on."""
    where = time_zone(zone)

    def offset(moment: datetime) -> int:
        return round((moment.astimezone(where).utcoffset() or timedelta()).total_seconds() / 60)

    spans, moment = [], _FIRST
    while moment < _LAST:
        later = moment + timedelta(days=1)
        if offset(later) != offset(moment):
            change = next(
                moment + timedelta(minutes=n)
                for n in range(1441)
                if offset(moment + timedelta(minutes=n)) != offset(moment)
            )
            spans.append((change, offset(moment)))
        moment = later
    return (*spans, (_LAST, offset(_LAST)))


def _in_period(day: str, periods: str) -> str:
    """Periods are JSON: a list of [first day or null, last day or null]."""

    def part(path: str) -> str:
        return f"json_extract_string({periods}, '$[{path}')"

    spans = " OR ".join(
        f"({part(f'{n}]')} IS NOT NULL AND coalesce({part(f'{n}][0]')} <= {day}, true) "
        f"AND coalesce({part(f'{n}][1]')} >= {day}, true))"
        for n in range(_MOST)
    )
    return f"CASE WHEN {periods} IS NULL OR {day} IS NULL OR {part(f'{_MOST}]')} IS NOT NULL THEN NULL ELSE {spans} END"
