"""What moves a term on its way: extensions and suspensions, as SQL.

Rule: extensions and suspensions are looked at in the order in which they came. Each counts if it came no later than the
moment that was due by then; the first that came later ends the row, for the term had run out. The first such event at or
after the trigger extends a term, once; lengths add up and the end is moved by the calendar once, at the very end. A
suspension runs from each `from` event to the next `to` event of the same pair at or after it, or to the moment of
judging; the trigger may lie in it; suspensions that overlap are one. The clock stands still meanwhile: on a calendar of days
the term grows by the days (working days, under `nl-working-days`) for which it stood still in all, a part of a day
counting as a whole one. A term never ends before the suspension that stopped it. Source: the plan of the house, section
4; where it is silent, the reading that spares the supervised party.
"""

from __future__ import annotations

from dataclasses import dataclass

from scherp.judging.days import Days, placed
from scherp.judging.terms import BY_THE_CLOCK, SECONDS, Added, due, in_pieces, started
from scherp.norms.model import Term

_ADDED = ("months", "days", "working", "micros")


@dataclass(frozen=True)
class Stops:
    """events: the relation with an object's events (object_id, time, and a truth column for each selector). pairs: for
    each suspension the columns of its start and end, and whether one event may be both. as_of: SQL of the moment of
    judging."""

    events: str
    pairs: tuple[tuple[str, str, bool], ...]
    as_of: str


def moved_due(relation: str, start: str, term: Term, days: Days | None, stops: Stops | None) -> str:
    """SQL: `relation` (object_id, event_id, `start`, and e0, e1, … with the first event of each extension) with one more
    column `due`; stops is None where no object can be suspended."""
    if not term.extended_by and stops is None:
        return due(started(relation, start, days), start, term, days)
    known = f"{start}, {', '.join(f'start_{c}' for c in ('day', 'number', 'local', 'at'))}" if days else start
    moves = [_extension(number, term, days, known) for number in range(len(term.extended_by))]
    shared = f"triggers AS ({started(relation, start, days)})"
    if stops is not None:
        shared += f", stills AS ({_stills(stops)})"
        moves.append(_suspensions(start, days, known))
    until = "until" if stops is not None else None
    months, whole, working, micros = (f"{column}_before" for column in _ADDED)
    before = Added(months, whole, working, micros, f"{until}_before" if until else None)
    so_far = due(_so_far(" UNION ALL ".join(moves)), start, term, days, _used(before, term, days, until is not None))
    kept = (
        f"SELECT *, min(CASE WHEN came <= due THEN 1 ELSE 0 END) OVER (PARTITION BY object_id, unit ORDER BY came "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS kept FROM ({so_far})"
    )
    sums = ", ".join(f"CAST(sum({column}) AS BIGINT) AS {column}" for column in _ADDED)
    totals = (
        f"SELECT object_id, unit, {sums}, max(until) AS until FROM ({kept}) WHERE kept = 1 GROUP BY object_id, unit"
    )
    picked = ", ".join(f"coalesce(m.{column}, 0) AS {column}" for column in _ADDED)
    added = _used(Added("months", "days", "working", "micros", until), term, days, until is not None)
    whole = (
        f"SELECT r.*, {picked}, m.until FROM triggers r LEFT JOIN ({totals}) m "
        "ON m.object_id = r.object_id AND m.unit = coalesce(r.event_id, '')"
    )
    return f"WITH {shared} {due(whole, start, term, days, added)}"


def mixed(term: Term, days: Days | None) -> bool:
    """Does an extension count in other units than the term: months of a term in hours, or hours of a term in days?"""
    on_days = days is not None and days.excluded is None
    if on_days:
        return any(extension.by.unit in BY_THE_CLOCK for extension in term.extended_by)
    return any(extension.by.unit not in SECONDS for extension in term.extended_by)


def _used(added: Added, term: Term, days: Days | None, stopped: bool) -> Added:
    """Only the columns that can be other than zero."""
    pieces = [in_pieces(extension.by, days) for extension in term.extended_by]
    months, whole, working, micros = (any(piece[n] for piece in pieces) for n in range(4))
    return Added(
        added.months if months else "0",
        added.days if whole else "0",
        added.working if working else "0",
        added.micros if micros or stopped or days is None else "0",
        added.until,
    )


def _extension(number: int, term: Term, days: Days | None, known: str) -> str:
    pieces = in_pieces(term.extended_by[number].by, days)
    picked = ", ".join(f"CAST({piece} AS BIGINT) AS {column}" for piece, column in zip(pieces, _ADDED, strict=True))
    return (
        f"SELECT object_id, coalesce(event_id, '') AS unit, {known}, e{number} AS came, {picked}, "
        f"CAST(NULL AS TIMESTAMP) AS until FROM triggers WHERE e{number} IS NOT NULL"
    )


def _suspensions(start: str, days: Days | None, known: str) -> str:
    listed = ", ".join(f"r.{column}" for column in known.split(", "))
    met = (
        f"SELECT r.object_id, coalesce(r.event_id, '') AS unit, {listed}, greatest(i.from_time, r.{start}) AS came, "
        f"i.to_time AS until FROM triggers r JOIN stills i ON i.object_id = r.object_id AND i.to_time > r.{start}"
    )
    span = "epoch_us(until) - epoch_us(came)"
    if days is not None:
        met, span = placed(placed(met, "came", "from", days), "until", "to", days), "to_at - from_at"
    zeros = ", ".join(f"CAST(0 AS BIGINT) AS {column}" for column in _ADDED[:3])
    return f"SELECT object_id, unit, {known}, came, {zeros}, CAST({span} AS BIGINT) AS micros, until FROM ({met})"


def _so_far(moves: str) -> str:
    """Each move with what the ones before it added."""
    behind = "OVER (PARTITION BY object_id, unit ORDER BY came ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    sums = ", ".join(f"CAST(coalesce(sum({column}) {behind}, 0) AS BIGINT) AS {column}_before" for column in _ADDED)
    return f"SELECT *, {sums}, max(until) {behind} AS until_before FROM ({moves})"


def _stills(stops: Stops) -> str:
    """Per object the stretches in which the clock stands still: from_time to to_time, none overlapping another."""
    ahead = "PARTITION BY object_id ORDER BY time RANGE BETWEEN {0} AND UNBOUNDED FOLLOWING"
    found = []
    for starts, ends, overlap in stops.pairs:
        frame = ahead.format("CURRENT ROW")
        following = f"min(CASE WHEN {ends} THEN time END) OVER ({frame})"
        if overlap:
            others = f"count(CASE WHEN {ends} THEN 1 END) OVER (PARTITION BY object_id, time)"
            later = ahead.format("INTERVAL 1 MICROSECOND FOLLOWING")
            following = (
                f"CASE WHEN {others} - CASE WHEN {ends} THEN 1 ELSE 0 END > 0 THEN time "
                f"ELSE min(CASE WHEN {ends} THEN time END) OVER ({later}) END"
            )
        found.append(
            f"SELECT object_id, time AS from_time, coalesce(to_time, {stops.as_of}) AS to_time FROM ("
            f"SELECT object_id, time, {starts} AS stops, {following} AS to_time FROM {stops.events} "
            f"WHERE time IS NOT NULL AND ({starts} OR {ends})) WHERE stops"
        )
    reached = (
        "max(to_time) OVER (PARTITION BY object_id ORDER BY from_time, to_time ROWS BETWEEN UNBOUNDED PRECEDING "
        "AND 1 PRECEDING)"
    )
    return (
        f"SELECT object_id, greatest(from_time, coalesce(reached, from_time)) AS from_time, to_time FROM ("
        f"SELECT object_id, from_time, to_time, {reached} AS reached FROM ({' UNION ALL '.join(found)})) "
        "WHERE reached IS NULL OR to_time > reached"
    )
