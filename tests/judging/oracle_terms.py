"""The oracle's legal terms: walks along the clock and the calendar, one stretch and one day at a time.

Written from the rules (the plan of the house, section 4; the docstrings of `judging.terms`, `moving` and `days`) without
SQL and without the calendar module, so that a fault in one of them shows. Moments are microseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from scherp.norms.model import Duration, ExcludedHours, Term

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
BY_THE_CLOCK = ("seconds", "minutes", "hours")
ON_A_PAR = {
    *(date(2023, 4, 28), date(2023, 5, 19), date(2024, 5, 10), date(2024, 12, 27), date(2025, 5, 30)),
    *(date(2026, 1, 2), date(2026, 5, 15), date(2027, 5, 7), date(2028, 4, 28), date(2028, 5, 26)),
}
"""Of the years 2023 to 2028, the only ones that the tests reach."""


@dataclass(frozen=True)
class Stop:
    """The clock stands still from `start` to `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Longer:
    """An extension at the moment `start`."""

    start: int
    by: Duration


Move = Stop | Longer


def micros(moment: datetime) -> int:
    span = moment - EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def local_day(moment: int, zone: str) -> date:
    return (EPOCH + timedelta(microseconds=moment)).astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> int:
    return micros(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC))


def easter(year: int) -> date:
    """The Gregorian computus of Meeus."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    n = h + k - 7 * ((a + 11 * h + 22 * k) // 451) + 114
    return date(year, n // 31, n % 31 + 1)


def works(day: date) -> bool:
    king = date(day.year, 4, 27)
    king -= timedelta(days=king.weekday() == 6)
    moving = {easter(day.year) + timedelta(days=n) for n in (-2, 1, 39, 50)}
    fixed = {date(day.year, 1, 1), king, date(day.year, 5, 5), date(day.year, 12, 25), date(day.year, 12, 26)}
    return day.weekday() < 5 and day not in moving | fixed | ON_A_PAR


def due(term: Term, start: int, moves: list[Move], zone: str) -> int:
    """The due moment of a term that starts at `start`; `moves` in any order."""
    counted: list[Move] = []
    for move in sorted(moves, key=lambda each: each.start):
        if move.start > _end(term, start, counted, zone):
            break
        counted.append(move)
    return _end(term, start, counted, zone)


def _end(term: Term, start: int, counted: list[Move], zone: str) -> int:
    lengths = [term.length, *(move.by for move in counted if isinstance(move, Longer))]
    stops = [move for move in counted if isinstance(move, Stop)]
    if term.calendar is None or term.length.unit in BY_THE_CLOCK:
        end = _walk(
            start, sum(each.count * SECONDS[each.unit] * 1_000_000 for each in lengths), stops, term.excluded_hours
        )
        return max([end, *(stop.end for stop in stops)])
    day = _last_day(term, local_day(start, zone), lengths, stops, zone)
    if term.calendar == "nl-working-days" or (term.calendar == "nl-term" and _short(term.length)):
        while not works(day):
            day += timedelta(days=1)
    return midnight(day + timedelta(days=1), zone) - 1


def _short(length: Duration) -> bool:
    return length.count <= {"days": 90, "weeks": 12, "months": 3}.get(length.unit, 0)


def _last_day(term: Term, day: date, lengths: list[Duration], stops: list[Stop], zone: str) -> date:
    working = term.calendar == "nl-working-days"
    stood_still = sum((_days_in(stop, zone, working) for stop in stops), Fraction(0))
    still = -(-stood_still.numerator // stood_still.denominator)  # a part of a day counts as a whole one
    if working:
        left = sum(each.count for each in lengths) + still
        while left:
            day += timedelta(days=1)
            left -= works(day)
    else:
        months = sum(each.count * {"months": 1, "years": 12}.get(each.unit, 0) for each in lengths)
        days = sum(each.count * {"days": 1, "weeks": 7}.get(each.unit, 0) for each in lengths)
        day = _months_later(day, months) + timedelta(days=days + still)
    return max([day, *(local_day(stop.end, zone) for stop in stops)])


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError


def _days_in(stop: Stop, zone: str, working: bool) -> Fraction:
    """For how many local days the clock stood still; a day is 24 hours of it at most, and never counts for more than one."""
    total, day = Fraction(0), local_day(stop.start, zone)
    while (begins := midnight(day, zone)) < stop.end:
        following = midnight(day + timedelta(days=1), zone)
        from_, to = (Fraction(min(max(moment - begins, 0), DAY), DAY) for moment in (stop.start, stop.end))
        to = Fraction(1) if stop.end >= following else to
        total += 0 if working and not works(day) else to - from_
        day += timedelta(days=1)
    return total


def _walk(start: int, needed: int, stops: list[Stop], excluded: ExcludedHours | None) -> int:
    """Where the clock stands that counts `needed` microseconds from `start`, none of them while it stands still."""
    horizon = start + 4 * needed + sum(stop.end - stop.start for stop in stops) + 40 * DAY
    stretches = [(stop.start, stop.end) for stop in stops]
    if excluded is not None:
        kept = ((excluded.start - excluded.end) % 1440) or 1440
        horizon += needed * (1440 // kept)
        stretches += _excluded(start, horizon, excluded)
    at = start
    for begins, ends in sorted(stretches):
        if ends <= at:
            continue
        if at + needed <= begins:
            break
        needed -= max(0, begins - at)
        at = ends
    return at + needed


def _excluded(start: int, horizon: int, hours: ExcludedHours) -> Iterator[tuple[int, int]]:
    day, last = local_day(start, hours.zone) - timedelta(days=2), local_day(horizon, hours.zone)
    while day <= last:
        ends_on = day if hours.end > hours.start else day + timedelta(days=1)
        yield _clock(day, hours.start, hours.zone), _clock(ends_on, hours.end, hours.zone)
        day += timedelta(days=1)


def _clock(day: date, minutes: int, zone: str) -> int:
    """The first minute of the local day, walking from midnight, when the clock shows this or later."""
    if minutes >= 1440:
        return midnight(day + timedelta(days=1), zone)
    at, wanted = midnight(day, zone), datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    while (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
        at += 60_000_000
    return at
