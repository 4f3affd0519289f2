"""occurrence: such an event occurs at least, and at most, so many times.

Rule: every object of the type is judged, also those without the event. Never pending, unless `by` names the attribute
with the moment until which the events count: then too few is `pending` until that moment has come, and `unknown` where
the attribute is missing. Source: the plan of the house, section 4; the engine's decision 8.
"""

from __future__ import annotations

from scherp.judging import outcomes
from scherp.judging.formula_sql import Reads, resolve
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
    count, moment = f"n{event}", "CAST(NULL AS TIMESTAMP)"
    source = f"SELECT object_id, {count} AS found, {moment} AS due{', seen' if shared.seen else ''} FROM {shared.relation('pivot')}"
    if check.by is not None:
        source = _by(entry, shared, check, event)
    at_most = "false" if check.at_most is None else f"found > {check.at_most}"
    too_few = f"found < {check.at_least}" if check.at_least > 0 else "false"
    branches = [(validity.outside("seen"), outcomes.NOT_VALID)]
    if check.by is not None:
        branches += [("due IS NULL", outcomes.ATTRIBUTE_MISSING)]
    branches += [(at_most, outcomes.TOO_MANY)]
    if check.by is not None:
        branches += [(f"{too_few} AND due >= {shared.cut.as_of_sql}" if too_few != "false" else "false", outcomes.RUNNING)]
    branches += [(too_few, outcomes.TOO_FEW)]
    inner = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, due, {outcomes.case(branches, outcomes.MET)} AS outcome "
        f"FROM ({source}) WHERE {validity.included(seen)}"
    )
    return Judged(
        entry,
        counted=f"CASE WHEN {validity.included(seen)} THEN 1 ELSE 0 END",
        simple=outcomes.rows_of(entry.number, None, inner, keep_met),
    )


def _by(entry: Entry, shared: Pass, check: Occurrence, event: int) -> str:
    """The objects with the moment of `by` and the events up to it."""
    reads = Reads()
    found = resolve(str(check.by), shared.scope(entry.norm), reads)
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
        f"SELECT p.object_id, p.due{seen}, count(b.object_id) AS found FROM "
        f"(SELECT *, {moment} AS due FROM {shared.relation('pivot')}) p LEFT JOIN {shared.relation('base')} b "
        f"ON b.object_id = p.object_id AND b.s{event} AND (b.time IS NULL OR b.time <= p.due) "
        f"GROUP BY p.object_id, p.due{seen}"
    )
