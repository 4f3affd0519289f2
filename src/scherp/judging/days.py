"""Calendars as tables: where a moment lies among local days, and how far the clock of a term has run then.

Rule: a calendar is a small table made in Python and joined by equality, so that every engine gives the same. A day of the
table runs from local midnight to local midnight, whatever its length; where hours of the clock do not count it runs from
their start to their next start, so that they may pass midnight. An hour of the clock is the first moment of its day when
the local clock shows it or more: the gap of spring is skipped, of the doubled hour of autumn the first one counts. The
position of a moment is how much of a term's time has passed until then: the free hours elapsed, or 24 hours for each day
(under `nl-working-days`: each working day), however long it lasted. Source: the engine's decision 6; `norms.calendar`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from scherp.events.database import Database, name, rows
from scherp.judging.relations import DAY
from scherp.norms.calendar import Day, calendar_days
from scherp.norms.model import ExcludedHours

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_FAR = 250_000_000_000_000_000  # microseconds: the year 9892
_TABLE = ("day", "local_day", "ends", "rolled_ends", "working", "number", "free_to", "counted_before", "counted")
_LOOKUP = ("utc_day", "day", "first", "second")
_DATES = ("local_day", "utc_day")
_MOMENTS = ("ends", "rolled_ends", "free_to", "first", "second")


@dataclass(frozen=True)
class Days:
    """A calendar that a plan needs: which one, in which zone, without which hours of the clock."""

    calendar: str
    zone: str
    excluded: ExcludedHours | None = None

    @property
    def table(self) -> str:
        """One row a day: day (its number since 1970), local_day, ends and rolled_ends (its last microsecond, and that of
        the day to which a term runs that ends on it), working, number (as in `norms.calendar.Day`), free_to (until when
        the first hours do not count), counted_before and counted (microseconds of the term's clock)."""
        return name(self._name)

    @property
    def lookup(self) -> str:
        """One row a day of UTC: the number of the local day that ends first in it or after it, and the first and second
        moment in it when a local day begins (a clock that changes can make it two, or none)."""
        return name(f"{self._name} by UTC")

    @property
    def _name(self) -> str:
        hours = f" without {self.excluded.start}-{self.excluded.end}" if self.excluded else ""
        return f"days {self.calendar} {self.zone}{hours}"


def placed(relation: str, column: str, prefix: str, days: Days) -> str:
    """SQL: `relation` with PREFIX_day, PREFIX_number and PREFIX_at (the position) of the moment in `column`."""
    return (
        f"SELECT p.*, d.day AS {prefix}_day, d.number AS {prefix}_number, d.local_day AS {prefix}_local, "
        f"d.counted_before + least(greatest(epoch_us(p.{column}) - epoch_us(d.free_to), 0), d.counted) AS {prefix}_at "
        f"FROM ({relation}) p LEFT JOIN {days.lookup} l ON l.utc_day = CAST(p.{column} AS DATE) "
        f"LEFT JOIN {days.table} d ON d.day = l.day + CASE WHEN p.{column} >= l.first THEN 1 ELSE 0 END "
        f"+ CASE WHEN p.{column} >= l.second THEN 1 ELSE 0 END"
    )


def make_days(database: Database, days: Days, first: date, last: date) -> None:
    """Make both tables for all days from `first` to `last`, in whole years so that the runs of one process share them."""
    table, lookup = _columns(days, first.year - 1, last.year + 1)
    _make(database, days.table, table)
    _make(database, days.lookup, lookup)


def _make(database: Database, table: str, columns: dict[str, str]) -> None:
    """A table of whole numbers, each column a text of them: much faster to hand over than lists of values."""
    picked = []
    for number, column in enumerate(columns, 1):
        listed = f"CAST(unnest(string_split(${number}, ',')) AS BIGINT)"
        as_date, as_moment = f"CAST(DATE '1970-01-01' + {listed}::INTEGER AS DATE)", f"make_timestamp({listed})"
        picked.append(f"{as_date if column in _DATES else as_moment if column in _MOMENTS else listed} AS {column}")
    rows(database, f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join(picked)}", list(columns.values()))


@lru_cache(maxsize=8)
def _columns(days: Days, first: int, last: int) -> tuple[dict[str, str], dict[str, str]]:
    found = calendar_days(days.calendar, days.zone, date(first, 1, 1), date(last, 12, 31))
    ends = {day.local_day: day.ends for day in found}
    counted_before, lines = 0, list[tuple[int, ...]]()
    for day, following in pairwise(found):
        free_to, stops = _clock_day(day, following, days)
        counted = DAY if days.calendar != "nl-working-days" or day.working else 0
        counted = max(0, stops - free_to) if days.excluded else counted
        rolled = ends.get(day.next_working, day.ends)
        number = (day.local_day - _EPOCH.date()).days
        lines.append(
            (number, number, day.ends, rolled, day.working, day.number, free_to, counted_before, counted, stops)
        )
        counted_before += counted
    numbers, begins = [line[0] for line in lines], [line[-1] for line in lines]
    return _as_text(_TABLE, lines), _as_text(_LOOKUP, _by_utc(numbers, begins))


def _as_text(names: tuple[str, ...], lines: list[tuple[int, ...]]) -> dict[str, str]:
    columns = zip(*lines, strict=True)
    return {name: ",".join(str(int(value)) for value in column) for name, column in zip(names, columns, strict=False)}


def _by_utc(numbers: list[int], begins: list[int]) -> list[tuple[int, ...]]:
    """begins: when the day after each of `numbers` begins. A day of UTC without a second such moment has one far away."""
    lines = list[tuple[int, ...]]()
    for day in range(begins[0] // DAY + 1, begins[-1] // DAY - 1):
        low = bisect_right(begins, day * DAY - 1)
        inside = [begin for begin in begins[low : low + 2] if begin < (day + 1) * DAY]
        lines.append((day, numbers[low], *inside, *[_FAR] * (2 - len(inside))))
    return lines


def _clock_day(day: Day, following: Day, days: Days) -> tuple[int, int]:
    """Until when the day's first hours do not count, and when the next day of the table begins."""
    if days.excluded is None:
        return day.starts, following.starts
    place = ZoneInfo(days.zone)
    begin, end = days.excluded.start, days.excluded.end
    free_to = clock(day.local_day if end > begin else following.local_day, end, place)
    return free_to, clock(following.local_day, begin, place)


def clock(day: date, minutes: int, place: ZoneInfo) -> int:
    """Microseconds since the epoch of the first moment of `day` when the local clock shows `minutes` or more."""
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    moment = wanted.replace(tzinfo=place).astimezone(UTC)
    while (moment - _MINUTE).astimezone(place).replace(tzinfo=None) >= wanted:  # in the gap of spring only
        moment -= _MINUTE
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000
