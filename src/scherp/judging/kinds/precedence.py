"""precedence: every such event comes after one that it needs.

Rule: a needed event at or before it (the same instant counts), within the limit where there is one, makes it `met`. No
event counts for itself. It is decided at the event itself, so it is never pending; a needed event without a time makes
the case `unknown`, unless another one was in time. `due` is the end of the limit, counted from the last needed event.
Source: the plan of the house, section 4.
"""

from __future__ import annotations

from scherp.judging import outcomes
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.judging.terms import days_of, due, started
from scherp.norms.model import Precedence


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Precedence)
    scope = shared.scope(entry.norm)
    event = shared.select(check.event, scope, first=True, last=True)
    needed = shared.select(check.needs, scope, first=True, last=True)
    validity = Validity(entry, shared.partition, shared.zone)
    overlap = bool(shared.selectors.types[event] & shared.selectors.types[needed])
    a = f"first{event}"
    plain = f"CASE WHEN last{needed} <= {a} THEN true ELSE first{needed} IS NULL OR first{needed} > {a} END"
    if shared.untimed:
        plain += f" AND z{event} = 0 AND z{needed} = 0"
    simple = "false" if overlap else f"n{event} = 1 AND {plain}"
    unlimited = check.within is None and validity.everywhere and not overlap and not keep_met and not shared.untimed
    all_met = f"n{event} > 1 AND first{needed} <= {a}" if unlimited else "false"
    mine = f"n{event} > 0 AND NOT coalesce({simple}, false) AND NOT coalesce({all_met}, false)"
    relation = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, {a} AS a, "
        f"CASE WHEN last{needed} <= {a} THEN last{needed} END AS b, 0 AS zb FROM {shared.relation('pivot')} "
        f"WHERE {simple} AND {validity.included(a)}"
    )
    return Judged(
        entry,
        counted=f"CASE WHEN {simple} AND {validity.included(a)} THEN 1 WHEN {all_met} THEN n{event} ELSE 0 END",
        simple=None if overlap else _rows(entry, shared, check, event, validity, relation, keep_met),
        odd=mine,
        window=_window(entry, shared, check, event, needed, validity, mine, overlap),
    )


def _window(
    entry: Entry, shared: Pass, check: Precedence, event: int, needed: int, validity: Validity, mine: str, overlap: bool
) -> str:
    behind = "PARTITION BY object_id ORDER BY time NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND {0}"
    last = f"max(CASE WHEN s{needed} THEN time END) OVER ({behind.format('CURRENT ROW')})"
    if overlap:
        same = (
            f"count(CASE WHEN s{needed} THEN 1 END) OVER (PARTITION BY object_id, time) "
            f"- CASE WHEN s{needed} THEN 1 ELSE 0 END"
        )
        earlier = f"max(CASE WHEN s{needed} THEN time END) OVER ({behind.format('INTERVAL 1 MICROSECOND PRECEDING')})"
        last = f"CASE WHEN {same} > 0 THEN time ELSE {earlier} END"
    untimed = f"count(CASE WHEN s{needed} AND time IS NULL THEN 1 END) OVER (PARTITION BY object_id)"
    inner = (
        f"SELECT object_id, event_id, time AS a, s{event} AS judged, CASE WHEN time IS NOT NULL THEN {last} END AS b, "
        f"{untimed if shared.untimed else '0'} AS zb "
        f"FROM {shared.relation('odd')} WHERE object_id IN (SELECT object_id FROM {shared.relation('pivot')} WHERE {mine}) "
        f"AND (s{event} OR s{needed})"
    )
    relation = f"SELECT * FROM ({inner}) WHERE judged AND {validity.included('a')}"
    return _rows(entry, shared, check, event, validity, relation, True)


def _rows(
    entry: Entry, shared: Pass, check: Precedence, event: int, validity: Validity, relation: str, keep_met: bool
) -> str:
    if check.within is not None:
        days = days_of(check.within, shared.calendar_zone)
        relation = due(started(relation, "b", days), "b", check.within, days)
    else:
        relation = f"SELECT r.*, CAST(NULL AS TIMESTAMP) AS due FROM ({relation}) r"
    outcome = outcomes.case(
        [
            ("a IS NULL", outcomes.NO_TIME),
            (validity.outside("a"), outcomes.NOT_VALID),
            ("b IS NOT NULL AND due IS NULL" if check.within else "false", outcomes.OFF_CALENDAR),
            ("b IS NOT NULL AND a <= due" if check.within else "b IS NOT NULL", outcomes.MET),
            ("zb > 0", outcomes.OTHER_WITHOUT_TIME),
            ("b IS NULL", outcomes.NOT_PRECEDED),
        ],
        outcomes.PRECEDED_TOO_EARLY,
    )
    inner = f"SELECT object_id, event_id, a, due, {outcome} AS outcome FROM ({relation})"
    early = f"CASE WHEN outcome = '{outcomes.PRECEDED_TOO_EARLY}' THEN {outcomes.seconds_between('a', 'due')} END"
    return outcomes.rows_of(entry.number, event, inner, keep_met, early)
