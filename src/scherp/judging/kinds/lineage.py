"""lineage: from every object an unbroken line leads back to origins.

Rule: an origin is an object that takes part in a `reaches` event that satisfies `where` (a null does not). A
transformation (`through` or `made_by`) turns its inputs into its outputs. An object in between is good where an origin
leads to it and nothing that leads to it lacks one: ALL inputs of every transformation on the way are themselves good. A
judged object is good where it was made (`made_by`) and every transformation that gave it is good, or where it is an
origin; never made is `no-origin`, an input that is not good is `broken-line`. What goes into a transformation and comes
out of it again is not its own parent, so that a lot may be added to; circles end. An offence younger than
`complete_within`, counted from the making or else from the first event, is pending. Source: the plan of the house,
sections 4 and 5; the engine's decision 12.
"""

from __future__ import annotations

from scherp.events.database import name
from scherp.judging import outcomes
from scherp.judging.kinds.lineage_walk import Walk
from scherp.judging.kinds.sources import settled, young
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Lineage

_GOOD = "(made = 1 OR origin = 1) AND sound = 1"


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Lineage)
    walk = Walk(entry, shared, check)
    validity = Validity(entry, shared.partition, shared.zone)
    whole = keep_met or validity.outside("x") != "false" or validity.included("x") != "true"
    judged = name(f"lineage {entry.number} judged")
    kept = "" if whole else f" WHERE NOT ({_GOOD})"
    objects = name(f"objects {check.each}")
    dated = f"SELECT * FROM ({_dated(judged, check)}) WHERE {validity.included('seen_first')}"
    steps = (*walk.steps(), f"CREATE OR REPLACE TEMP TABLE {judged} AS SELECT * FROM ({_objects(walk, objects)}){kept}")
    return Judged(
        entry,
        simple=outcomes.rows_of(entry.number, None, _outcomes(check, shared, validity, dated), keep_met),
        population=f"SELECT count(*) FROM ({dated})" if whole else f"SELECT count(*) FROM {objects}",
        reads=walk.types,
        objects=frozenset({check.each, *walk.views}),
        before=steps,
    )


def _objects(walk: Walk, objects: str) -> str:
    """One row for each judged object: made, sound, origin (0 or 1), and when it was made."""
    own = "SELECT 1 AS yes, object_id, event_id FROM " + walk.origins
    made = (
        "SELECT o.object_id, max(o.making) AS made, min(o.time) AS time, "
        "min(CASE WHEN e.sound = 1 OR g.yes = 1 THEN 1 ELSE 0 END) AS sound "
        f"FROM ({walk.outputs_of_each}) o LEFT JOIN {walk.events} e ON e.event_id = o.event_id "
        f"LEFT JOIN ({own}) g ON g.object_id = o.object_id AND g.event_id = o.event_id GROUP BY o.object_id"
    )
    return (
        "SELECT w.object_id, coalesce(m.made, 0) AS made, coalesce(m.sound, 1) AS sound, "
        f"CASE WHEN g.object_id IS NULL THEN 0 ELSE 1 END AS origin, m.time AS made_at "
        f"FROM {objects} w LEFT JOIN ({made}) m ON m.object_id = w.object_id "
        f"LEFT JOIN (SELECT DISTINCT object_id FROM {walk.origins}) g ON g.object_id = w.object_id"
    )


def _dated(judged: str, check: Lineage) -> str:
    """With the moment that an object is judged by: its making, or else its first event."""
    first = (
        f"SELECT p.object_id, min(p.time) AS time FROM {name(f'parts {check.each}')} p "
        f"JOIN {judged} j ON j.object_id = p.object_id WHERE j.made_at IS NULL GROUP BY p.object_id"
    )
    return (
        f"SELECT j.*, coalesce(j.made_at, f.time) AS seen_first FROM {judged} j "
        f"LEFT JOIN ({first}) f ON f.object_id = j.object_id"
    )


def _outcomes(check: Lineage, shared: Pass, validity: Validity, dated: str) -> str:
    within = check.complete_within
    outcome = outcomes.case(
        [
            (validity.outside("seen_first"), outcomes.NOT_VALID),
            (_GOOD, outcomes.MET),
            ("false" if within is None else "seen_first IS NULL", outcomes.NO_TIME),
            (young("seen_first", within, shared), outcomes.INCOMPLETE),
            ("made = 0 AND origin = 0", outcomes.NO_ORIGIN),
        ],
        outcomes.BROKEN_LINE,
    )
    return (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, {outcome} AS outcome, "
        f"CASE WHEN NOT ({_GOOD}) THEN {settled('seen_first', within)} END AS due FROM ({dated})"
    )
