"""separation: two acts on one object are done by different people (four eyes).

Rule: every object where both occur is judged; any actor who did both makes it `breached`, else a missing actor makes it
`unknown`. Source: the plan of the house, section 4.
"""

from __future__ import annotations

from scherp.judging import outcomes
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Separation


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Separation)
    scope = shared.scope(entry.norm)
    one, two = (shared.select(selector, scope, first=True) for selector in check.between)
    validity = Validity(entry, shared.partition, shared.zone)
    seen = f"least(first{one}, first{two})" if not validity.everywhere else "NULL"
    both = f"n{one} > 0 AND n{two} > 0"
    by_actor = (
        f"SELECT object_id, actor, bool_or(s{one}) AS did_one, bool_or(s{two}) AS did_two "
        f"FROM {shared.relation('base')} WHERE s{one} OR s{two} GROUP BY object_id, actor"
    )
    by_object = (
        "SELECT object_id, bool_or(did_one AND did_two AND actor IS NOT NULL) AS same, bool_or(actor IS NULL) AS missing "
        f"FROM ({by_actor}) GROUP BY object_id HAVING bool_or(did_one) AND bool_or(did_two)"
    )
    joined = by_object
    if not validity.everywhere:
        joined = (
            f"SELECT q.*, p.seen FROM ({by_object}) q JOIN (SELECT object_id, {seen} AS seen "
            f"FROM {shared.relation('pivot')}) p ON p.object_id = q.object_id WHERE {validity.included('seen')}"
        )
    outcome = outcomes.case(
        [
            (validity.outside("seen"), outcomes.NOT_VALID),
            ("same", outcomes.SAME_ACTOR),
            ("missing", outcomes.ACTOR_MISSING),
        ],
        outcomes.MET,
    )
    inner = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, CAST(NULL AS TIMESTAMP) AS due, {outcome} AS outcome "
        f"FROM ({joined})"
    )
    return Judged(
        entry,
        counted=f"CASE WHEN {both} AND {validity.included(seen)} THEN 1 ELSE 0 END",
        simple=outcomes.rows_of(entry.number, None, inner, keep_met),
    )
