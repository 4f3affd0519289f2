"""condition: something holds for every such event.

Rule: true is `met`, false `breached`, null `unknown`. Judged for every object of the type that takes part in the event,
or, with `each: event`, once for the event itself. Source: the plan of the house, section 4; the engine's decision 8.
"""

from __future__ import annotations

from scherp.events.database import name, text
from scherp.judging import outcomes
from scherp.judging.formula_sql import Reads, formula_sql
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Condition


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Condition)
    scope = shared.scope(entry.norm)
    reads = Reads()
    selectors = shared.selectors
    before, selectors.reads = selectors.reads, reads
    selected = selectors.condition(check.event, scope)
    holds = formula_sql(check.holds, scope, reads)
    selectors.reads = before
    selectors.reads.unknown.update(reads.unknown)
    validity = Validity(entry, shared.partition, shared.zone)
    types = sorted({pick.event for pick in selectors.picks(check.event)})
    source = _events(shared, reads, types) if check.each == "event" else _takings(shared, reads, types)
    outcome = outcomes.case(
        [
            (validity.outside("t.time"), outcomes.NOT_VALID),
            (f"({holds}) IS NULL", outcomes.ATTRIBUTE_MISSING),
            (f"({holds})", outcomes.MET),
        ],
        outcomes.NOT_SO,
    )
    where = f"({selected}) AND {validity.included('t.time')}"
    inner = f"SELECT t.object_id, t.event_id, CAST(NULL AS TIMESTAMP) AS due, {outcome} AS outcome FROM {source} WHERE {where}"
    return Judged(
        entry,
        simple=outcomes.rows_of(entry.number, None, inner, keep_met),
        population=f"SELECT count(*) FROM {source} WHERE {where}",
    )


def _takings(shared: Pass, reads: Reads, types: list[str]) -> str:
    joins = ""
    if reads.event:
        columns = ", ".join(name(a.column) for a in reads.event.values())
        joins += f" LEFT JOIN (SELECT event_id, {columns} FROM events WHERE {_of(types, 'type')}) e ON e.event_id = t.event_id"
    if reads.object:
        joins += f" LEFT JOIN {shared.relation('objects')} o ON o.object_id = t.object_id"
        shared.object_reads.object.update(reads.object)
    return f"{shared.relation('takings')} t{joins}"


def _events(shared: Pass, reads: Reads, types: list[str]) -> str:
    """Events as if each were its own object: no takings are read at all."""
    core = "event_id, CAST(NULL AS VARCHAR) AS object_id, type AS event_type, time, recorded, actor, place"
    rest = "CAST(NULL AS VARCHAR) AS role, CAST(NULL AS DECIMAL(18,6)) AS quantity, CAST(NULL AS VARCHAR) AS unit"
    attributes = "".join(f", {name(a.column)}" for a in reads.event.values())
    rows = f"(SELECT {core}, {rest} FROM events WHERE {_of(types, 'type')}) t"
    if not reads.event:
        return rows
    return (
        f"{rows} JOIN (SELECT event_id{attributes} FROM events WHERE {_of(types, 'type')}) e ON e.event_id = t.event_id"
    )


def _of(types: list[str], column: str) -> str:
    return f"{column} IN ({', '.join(map(text, types))})" if types else "true"
