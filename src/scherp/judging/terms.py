"""Legal terms as SQL: the moment when something is due.

Rule: N days are N x 24 hours, to the last instant, unless a calendar says otherwise; then local days count, the term
begins on the day after the trigger, ends with its last day's last microsecond, and `nl-term` moves an end on a weekend
or a recognised holiday to the next working day. An extension counts once, if it comes no later than the moment that was
then due; a suspension stops the clock; excluded hours of the clock do not count. Calendars are small tables made in
Python and joined, so that every engine gives the same. Source: Algemene termijnenwet as far as `norms.calendar` states
it; the engine's decision 6; the plan of the house, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scherp.events.database import Database, name, rows
from scherp.norms.calendar import calendar_days, rolls
from scherp.norms.model import Duration, ExcludedHours, Term

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
_PLAIN = {"seconds": "SECOND", "minutes": "MINUTE", "hours": "HOUR", "days": "DAY"}
_PLAIN_CLOCK = ("seconds", "minutes", "hours")  # terms by the clock: no calendar touches them
_LONGEST_YEARS = 30


@dataclass(frozen=True)
class Days:
    """A calendar table that a plan needs: which calendar, in which zone, with which excluded hours."""

    calendar: str
    zone: str
    excluded: ExcludedHours | None = None

    @property
    def table(self) -> str:
        hours = f" without {self.excluded.start}-{self.excluded.end}" if self.excluded else ""
        return name(f"days {self.calendar} {self.zone}{hours}")


def interval(length: Duration) -> str:
    """A length of time without a calendar, as an SQL interval of fixed length."""
    count, unit = (length.count * 7, "days") if length.unit == "weeks" else (length.count, length.unit)
    return f"INTERVAL {count} {_PLAIN[unit]}"


def days_of(term: Term | None, zone: str) -> Days | None:
    """The calendar table that a term needs, if any."""
    if term is None:
        return None
    if term.excluded_hours is not None:
        return Days("nl-days", term.excluded_hours.zone, term.excluded_hours)
    return Days(term.calendar, zone) if term.calendar and term.length.unit not in _PLAIN_CLOCK else None


def due(relation: str, start: str, term: Term, zone: str, extensions: list[str], stopped: str | None = None) -> str:
    """SQL: `relation` with one more column `due`.

    start: the column of the trigger's time. extensions: for each of the term's extensions the column with the first such
    event at or after the trigger. stopped: a column with microseconds of suspension, if the term can be suspended.
    """
    if term.excluded_hours is not None:
        return _excluding(relation, start, term, Days("nl-days", term.excluded_hours.zone, term.excluded_hours))
    if term.calendar is not None and term.length.unit not in _PLAIN_CLOCK:
        return _on_calendar(relation, start, term, Days(term.calendar, zone), extensions, stopped)
    moment = f"{start} + {interval(term.length)}"
    for extension, column in zip(term.extended_by, extensions, strict=True):
        moment = f"CASE WHEN {column} <= {moment} THEN {moment} + {interval(extension.by)} ELSE {moment} END"
    if stopped is not None:
        moment = f"{moment} + {stopped} * INTERVAL 1 MICROSECOND"
    return f"SELECT r.*, {moment} AS due FROM ({relation}) r"


def _on_calendar(relation: str, start: str, term: Term, days: Days, extensions: list[str], stopped: str | None) -> str:
    """The end of a local day: one equi-join to find the trigger's day, one for the due day of each stage."""
    table = days.table
    sql = (
        f"SELECT r.*, CASE WHEN r.{start} >= d.next_starts THEN d.next_day ELSE d.local_day END AS start_day "
        f"FROM ({relation}) r LEFT JOIN {table} d ON d.utc_day = CAST(r.{start} AS DATE)"
    )
    whole = f"CAST(CEIL({stopped} / 86400000000.0) AS INTEGER)" if stopped else "0"
    extra = f"({whole})"
    for number in range(len(term.extended_by) + 1):
        sql = _stage(sql, term, days, number, extra)
        if number < len(term.extended_by):
            added = _in_days(term.extended_by[number].by)
            extra = f"({extra} + CASE WHEN {extensions[number]} <= due{number} THEN {added} ELSE 0 END)"
    return f"SELECT *, due{len(term.extended_by)} AS due FROM ({sql})"


def _stage(sql: str, term: Term, days: Days, number: int, extra: str) -> str:
    table = days.table
    length = term.length
    rolled = days.calendar == "nl-term" and rolls(length)
    end = "rolled_ends" if rolled else "ends"
    if length.unit == "working days":
        joined = (
            f"LEFT JOIN {table} a{number} ON a{number}.local_day = q.start_day LEFT JOIN {table} b{number} "
            f"ON b{number}.working AND b{number}.number = a{number}.number + {length.count}"
        )
        target = f"CAST(b{number}.local_day + {extra} * INTERVAL 1 DAY AS DATE)"
        return (
            f"SELECT q.*, e{number}.{end} AS due{number} FROM ({sql}) q {joined} "
            f"LEFT JOIN {table} e{number} ON e{number}.local_day = {target}"
        )
    months = {"months": length.count, "years": length.count * 12}.get(length.unit)
    ahead = f"INTERVAL {months} MONTH" if months else f"INTERVAL {_in_days(length)} DAY"
    target = f"CAST(q.start_day + {ahead} + {extra} * INTERVAL 1 DAY AS DATE)"
    return (
        f"SELECT q.*, e{number}.{end} AS due{number} FROM ({sql}) q "
        f"LEFT JOIN {table} e{number} ON e{number}.local_day = {target}"
    )


def _excluding(relation: str, start: str, term: Term, days: Days) -> str:
    """Only the hours outside the excluded ones count; the calendar table knows how many passed before each day."""
    table = days.table
    seconds = term.length.count * _SECONDS[term.length.unit]
    at = f"epoch_us(r.{start})"
    passed = f"d.counted_before + greatest(0, {at} - epoch_us(d.free_to))"
    on_day = (
        f"SELECT r.*, {passed} + {seconds * 1_000_000} AS needed FROM ({relation}) r "
        f"LEFT JOIN {table} d ON r.{start} >= d.starts AND r.{start} <= d.ends"
    )
    moment = "f.free_to + (q.needed - f.counted_before) * INTERVAL 1 MICROSECOND"
    return (
        f"SELECT q.*, {moment} AS due FROM ({on_day}) q LEFT JOIN {table} f "
        f"ON q.needed > f.counted_before AND q.needed <= f.counted_before + f.counted"
    )


def _in_days(length: Duration) -> int:
    return length.count * 7 if length.unit == "weeks" else length.count


def make_days(database: Database, days: Days, first: date, last: date) -> None:
    """Make the calendar table for all days that the events, and terms after them, can need."""
    start, end = first - timedelta(days=400), min(last + timedelta(days=366 * _LONGEST_YEARS), date(2200, 1, 1))
    found = calendar_days(days.calendar, days.zone, start, end)
    ends = {day.local_day: day.ends for day in found}
    counted_before = 0
    lines = []
    for day, following in zip(found, found[1:], strict=False):
        starts, free_to, stops = _clock_day(day.local_day, following.local_day, days)
        counted = stops - free_to
        rolled = ends.get(day.next_working, day.ends)
        lines.append(
            (day.local_day, starts, stops - 1, rolled, day.working, day.number, stops, following.local_day,
             free_to, counted_before, counted)
        )  # fmt: skip
        counted_before += counted
    columns = list(zip(*lines, strict=True))
    micros = {1, 2, 3, 6, 8}
    spelled = ["local_day", "starts", "ends", "rolled_ends", "working", "number", "next_starts", "next_day", "free_to",
               "counted_before", "counted"]  # fmt: skip
    picked = ", ".join(
        f"make_timestamp(unnest(${n + 1}::BIGINT[])) AS {c}" if n in micros else f"unnest(${n + 1}) AS {c}"
        for n, c in enumerate(spelled)
    )
    # One UTC day holds one local midnight: from it on the local day is the next one. The row of a UTC day is the row of
    # the local day that is under way at its 00:00.
    rows(
        database,
        f"CREATE OR REPLACE TEMP TABLE {days.table} AS SELECT *, CAST(next_starts AS DATE) AS utc_day FROM "
        f"(SELECT {picked})",
        [list(column) for column in columns],
    )


def _clock_day(day: date, following: date, days: Days) -> tuple[int, int, int]:
    """Where the day of the table starts, until when its hours do not count, and where the next one starts.

    With excluded hours a day runs from their start to their next start, so that they may pass midnight. Clock hours are
    meant: on a day when the clock changes they differ from elapsed ones.
    """
    place = ZoneInfo(days.zone)
    if days.excluded is None:
        start = _clock(day, 0, place)
        return start, start, _clock(following, 0, place)
    begin, end = days.excluded.start, days.excluded.end
    free_to = _clock(day if end > begin else following, end, place)
    return _clock(day, begin, place), free_to, _clock(following, begin, place)


def _clock(day: date, minutes: int, place: ZoneInfo) -> int:
    """Microseconds since the epoch of a time of the local clock."""
    moment = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    span = moment.replace(tzinfo=place).astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (span.days * 86_400 + span.seconds) * 1_000_000
