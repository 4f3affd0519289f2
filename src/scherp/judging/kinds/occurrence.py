"""occurrence: such an event occurs at least, and at most, so many times.

Rule: every object of the type is judged, also those without the event. Never pending, unless `by` names the attribute
with the moment until which the events count: then too few is `pending` until that moment has come, and `unknown` where
the attribute is missing or where events without a time decide. Without `by` these count like others. Source: the plan of the
house, section 4; the engine's decision 8.
"""

from __future__ import annotations

from scherp.judging import outcomes
from scherp.judging.formula_sql import Reads, resolve_for_object
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Occurrence


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Occurrence)
    event = shared.select(check.event, shared.scope(entry.norm), first=True)
    shared.all_objects = True
    validity = Validity(entry, shared.partition, shared.zone)
    shared.seen = shared.seen or not validity.everywhere
    seen = "seen" if not validity.everywhere else "NULL"
    source = (
        f"SELECT object_id, n{event} AS found, 0 AS untimed, CAST(NULL AS TIMESTAMP) AS due{', seen' if shared.seen else ''} "
        f"FROM {shared.relation('pivot')}"
    )
    if check.by is not None:
        source = _by(entry, shared, check, event)
    outcome = outcomes.case([(validity.outside("seen"), outcomes.NOT_VALID), *_branches(check, shared)], outcomes.MET)
    inner = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, due, {outcome} AS outcome "
        f"FROM ({source}) WHERE {validity.included(seen)}"
    )
    return Judged(
        entry,
        counted=f"CASE WHEN {validity.included(seen)} THEN 1 ELSE 0 END",
        simple=outcomes.rows_of(entry.number, None, inner, keep_met),
    )


def _branches(check: Occurrence, shared: Pass) -> list[tuple[str, str]]:
    """found: the events that count for certain. untimed: those of which that is not known."""
    too_many = f"{{0}} > {check.at_most}" if check.at_most is not None else "false"
    too_few = f"{{0}} < {check.at_least}" if check.at_least > 0 else "false"
    if check.by is None:
        return [(too_many.format("found"), outcomes.TOO_MANY), (too_few.format("found"), outcomes.TOO_FEW)]
    running = f"due >= {shared.cut.as_of_sql}"
    perhaps = "(found + untimed)"
    return [
        ("due IS NULL", outcomes.ATTRIBUTE_MISSING),
        (too_many.format("found"), outcomes.TOO_MANY),
        (too_many.format(perhaps), outcomes.OTHER_WITHOUT_TIME),
        (f"{too_few.format(perhaps)} AND {running}" if check.at_least else "false", outcomes.RUNNING),
        (too_few.format(perhaps), outcomes.TOO_FEW),
        (too_few.format("found"), outcomes.OTHER_WITHOUT_TIME),
    ]


def _by(entry: Entry, shared: Pass, check: Occurrence, event: int) -> str:
    """The objects with the moment of `by` and the events up to it."""
    reads = Reads()
    found = resolve_for_object(str(check.by), shared.scope(entry.norm), reads)
    if found is None or found[0] != "o":
        shared.selectors.reads.unknown.update(reads.unknown or {str(check.by): ""})
        moment = "CAST(NULL AS TIMESTAMP)"
    else:
        shared.object_reads.object.update(reads.object)
        column = next(iter(reads.object.values())).column
        quoted = f"o:{column}".replace('"', '""')
        moment = f'TRY_CAST("{quoted}" AS TIMESTAMP)'
    seen = ", p.seen" if shared.seen else ""
    return (
        f"SELECT p.object_id, p.due{seen}, count(b.time) AS found, count(b.object_id) - count(b.time) AS untimed FROM "
        f"(SELECT *, {moment} AS due FROM {shared.relation('pivot')}) p LEFT JOIN {shared.relation('base')} b "
        f"ON b.object_id = p.object_id AND b.s{event} AND (b.time IS NULL OR b.time <= p.due) "
        f"GROUP BY p.object_id, p.due{seen}"
    )
