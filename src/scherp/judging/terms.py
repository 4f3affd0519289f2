"""Legal terms as SQL: the moment when something is due.

Rule: N days are N x 24 hours, to the last instant, unless a calendar says otherwise; then local days count, the term
begins on the day after the trigger (a bare date is that day, whatever the zone), ends with its last day's last
microsecond, and `nl-term` moves an end on a weekend or a recognised holiday to the next working day. A term by the clock
(hours, minutes, seconds) has no calendar. Hours that do not count are left out; a term that has run when such hours begin
is due then. What moves a term on its way (an extension, a suspension) stands in `moving`. Source: Algemene termijnenwet
as far as `norms.calendar` states it; the engine's decision 6; the plan of the house, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from scherp.judging.days import Days, placed
from scherp.judging.relations import DAY
from scherp.norms.calendar import rolls
from scherp.norms.model import Duration, Term

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
BY_THE_CLOCK = ("seconds", "minutes", "hours")
_MONTHS = {"months": 1, "years": 12}
_DAYS = {"days": 1, "weeks": 7}
_PLAIN = {"seconds": "SECOND", "minutes": "MINUTE", "hours": "HOUR", "days": "DAY"}


@dataclass(frozen=True)
class Added:
    """What a term is longer by, as SQL: whole months, days and working days, and microseconds of the term's clock.
    until: the column with the moment before which it cannot end, because it stood still until then."""

    months: str = "0"
    days: str = "0"
    working: str = "0"
    micros: str = "0"
    until: str | None = None


def interval(length: Duration) -> str:
    """A length of time without a calendar, as an SQL interval of fixed length."""
    count, unit = (length.count * 7, "days") if length.unit == "weeks" else (length.count, length.unit)
    return f"INTERVAL {count} {_PLAIN[unit]}"


def days_of(term: Term | None, zone: str) -> Days | None:
    """The calendar that a term needs, if any."""
    if term is None:
        return None
    if term.excluded_hours is not None:
        return Days("nl-days", term.excluded_hours.zone, term.excluded_hours)
    return Days(term.calendar, zone) if term.calendar and term.length.unit not in BY_THE_CLOCK else None


def reach(term: Term) -> int:
    """Days from a trigger beyond which the term with all its extensions cannot end, suspensions left out."""
    per_unit = {**SECONDS, "months": 31 * 86_400, "years": 366 * 86_400, "working days": 3 * 86_400}
    lengths = [term.length, *(extension.by for extension in term.extended_by)]
    seconds = sum(length.count * per_unit[length.unit] for length in lengths)
    kept = 1.0
    if term.excluded_hours is not None:
        kept = ((term.excluded_hours.start - term.excluded_hours.end) % 1440) / 1440
    return int(seconds / 86_400 / kept) + 40


def in_pieces(length: Duration, days: Days | None) -> tuple[int, int, int, int]:
    """A length as whole months, days, working days and microseconds, as the calendar counts it."""
    count, unit = length.count, length.unit
    if days is None or days.excluded is not None:
        return 0, 0, 0, count * SECONDS[unit] * 1_000_000
    return count * _MONTHS.get(unit, 0), count * _DAYS.get(unit, 0), count * (unit == "working days"), 0


def started(relation: str, start: str, days: Days | None) -> str:
    """SQL: `relation` with what `due` needs to know of the trigger's moment in column `start`."""
    return relation if days is None else placed(relation, start, "start", days)


def due(relation: str, start: str, term: Term, days: Days | None, added: Added | None = None) -> str:
    """SQL: a relation made by `started` with one more column `due`; null where the calendar does not reach."""
    if days is None:
        return _by_the_clock(relation, start, term, added)
    if days.excluded is not None:
        return _without_hours(relation, term, days, added or Added())
    return _on_days(relation, term, days, added or Added())


def _by_the_clock(relation: str, start: str, term: Term, added: Added | None) -> str:
    moment = f"q.{start} + {interval(term.length)}"
    if added is not None:
        moment = f"make_timestamp(epoch_us({moment}) + q.{added.micros})"
        moment = _no_sooner(moment, added)
    return f"SELECT q.*, {moment} AS due FROM ({relation}) q"


def _without_hours(relation: str, term: Term, days: Days, added: Added) -> str:
    micros = in_pieces(term.length, days)[3]
    needed = f"q.start_at + {micros} + {_of(added.micros)}"
    moment = f"make_timestamp(epoch_us(f.free_to) + ({needed} - f.counted_before))"
    return (
        f"SELECT q.*, {_no_sooner(moment, added)} AS due FROM ({relation}) q LEFT JOIN {days.table} f "
        f"ON {needed} > f.counted_before AND {needed} <= f.counted_before + f.counted"
    )


def _no_sooner(moment: str, added: Added) -> str:
    return moment if added.until is None else f"greatest({moment}, coalesce(q.{added.until}, {moment}))"


def _on_days(relation: str, term: Term, days: Days, added: Added) -> str:
    """The end of a local day, found by its number. Lengths add up, months before days."""
    table, joins = days.table, ""
    months, whole, working, _ = in_pieces(term.length, days)
    whole_days = f"CAST((x.micros + {DAY - 1} - (x.micros + {DAY - 1}) % {DAY}) / {DAY} AS INTEGER)"
    stopped = "0" if added.micros == "0" else whole_days.replace("x.micros", f"q.{added.micros}")
    target = "q.start_day"
    if days.calendar == "nl-working-days" and working:
        joins += f" LEFT JOIN {table} w ON w.working = 1 AND w.number = q.start_number + {working} + {_of(added.working)} + {stopped}"
        target = "w.day"
    elif months or added.months != "0":
        ahead = f"(CAST({months} + {_of(added.months)} AS INTEGER) * INTERVAL 1 MONTH)"
        joins += f" LEFT JOIN {table} m ON m.local_day = CAST(q.start_local + {ahead} AS DATE)"
        target = "m.day"
    if target != "w.day":
        target = f"{target} + {whole} + {_of(added.days)} + {stopped}"
    if added.until is not None:
        relation = placed(relation, added.until, "until", days)
        target = f"greatest({target}, coalesce(q.until_day, {target}))"
    rolled = days.calendar == "nl-working-days" or (days.calendar == "nl-term" and rolls(term.length))
    joins += f" LEFT JOIN {table} e ON e.day = {target}"
    return f"SELECT q.*, e.{'rolled_ends' if rolled else 'ends'} AS due FROM ({relation}) q{joins}"


def _of(column: str) -> str:
    return column if column == "0" else f"q.{column}"
