"""absence: such an event does not occur (after a trigger, where one is named).

Rule: without `after` every object is judged once, with it every trigger; an event at the trigger's own instant counts as
after it; the trigger itself does not. It is never pending: what may still come is judged when it has come. Without
`after` an event without a time has occurred all the same; with it, an event or a trigger without a time makes the case
`unknown` where the order matters. Source: the plan of the house, section 4.
"""

from __future__ import annotations

from scherp.judging import outcomes
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Absence


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Absence)
    return _whole(entry, shared, check, keep_met) if check.after is None else _after(entry, shared, check, keep_met)


def _whole(entry: Entry, shared: Pass, check: Absence, keep_met: bool) -> Judged:
    event = shared.select(check.event, shared.scope(entry.norm))
    shared.all_objects = True
    validity = Validity(entry, shared.partition, shared.zone)
    shared.seen = shared.seen or not validity.everywhere
    seen = "seen" if not validity.everywhere else "NULL"
    outcome = outcomes.case(
        [(validity.outside("seen"), outcomes.NOT_VALID), (f"n{event} = 0", outcomes.MET)], outcomes.OCCURRED
    )
    inner = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, CAST(NULL AS TIMESTAMP) AS due, {outcome} AS outcome "
        f"FROM {shared.relation('pivot')} WHERE {validity.included(seen)}"
    )
    return Judged(
        entry,
        counted=f"CASE WHEN {validity.included(seen)} THEN 1 ELSE 0 END",
        simple=outcomes.rows_of(entry.number, event, inner, keep_met),
    )


def _after(entry: Entry, shared: Pass, check: Absence, keep_met: bool) -> Judged:
    assert check.after is not None
    scope = shared.scope(entry.norm)
    trigger = shared.select(check.after, scope, first=True, last=True)
    event = shared.select(check.event, scope, first=True, last=True)
    validity = Validity(entry, shared.partition, shared.zone)
    overlap = bool(shared.selectors.types[trigger] & shared.selectors.types[event])
    a = f"first{trigger}"
    plain = f"z{trigger} = 0 AND z{event} = 0" if shared.untimed else "true"
    simple = "false" if overlap else f"n{trigger} = 1 AND {plain}"
    relation = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, {a} AS a, coalesce(last{event} >= {a}, false) AS occurs, "
        f"n{event} AS found, 0 AS zb FROM {shared.relation('pivot')} WHERE {simple} AND {validity.included(a)}"
    )
    mine = f"n{trigger} > 0 AND NOT coalesce({simple}, false)"
    return Judged(
        entry,
        counted=f"CASE WHEN {simple} AND {validity.included(a)} THEN 1 ELSE 0 END",
        simple=None if overlap else _rows(entry, trigger, validity, relation, keep_met),
        odd=mine,
        window=_window(entry, shared, trigger, event, validity, mine),
    )


def _window(entry: Entry, shared: Pass, trigger: int, event: int, validity: Validity, mine: str) -> str:
    ahead = "PARTITION BY object_id ORDER BY time NULLS LAST RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"
    own = f"CASE WHEN s{event} THEN 1 ELSE 0 END"
    inner = (
        f"SELECT object_id, event_id, time AS a, s{trigger} AS judged, "
        f"count(CASE WHEN s{event} AND time IS NOT NULL THEN 1 END) OVER ({ahead}) - {own} > 0 AS occurs, "
        f"count(CASE WHEN s{event} THEN 1 END) OVER (PARTITION BY object_id) - {own} AS found, "
        f"count(CASE WHEN s{event} AND time IS NULL THEN 1 END) OVER (PARTITION BY object_id) AS zb "
        f"FROM {shared.relation('odd')} WHERE object_id IN (SELECT object_id FROM {shared.relation('pivot')} WHERE {mine}) "
        f"AND (s{trigger} OR s{event})"
    )
    relation = f"SELECT * FROM ({inner}) WHERE judged AND {validity.included('a')}"
    return _rows(entry, trigger, validity, relation, True)


def _rows(entry: Entry, trigger: int, validity: Validity, relation: str, keep_met: bool) -> str:
    outcome = outcomes.case(
        [
            (validity.outside("a"), outcomes.NOT_VALID),
            ("found = 0", outcomes.MET),
            ("a IS NULL", outcomes.NO_TIME),
            ("occurs", outcomes.OCCURRED),
            ("zb > 0", outcomes.OTHER_WITHOUT_TIME),
        ],
        outcomes.MET,
    )
    inner = f"SELECT object_id, event_id, CAST(NULL AS TIMESTAMP) AS due, {outcome} AS outcome FROM ({relation})"
    return outcomes.rows_of(entry.number, trigger, inner, keep_met)
