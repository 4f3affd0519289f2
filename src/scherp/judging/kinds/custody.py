"""custody: every item has one holder at a time, and nothing happens to it after its end.

Rule: an item's state is its last act. `creates` comes first and once; who holds an item may part with it (`leaves`) or
end it (`ends`), and may see it (`seen`), all where it is held; what is under way arrives or is refused, and what was
refused leaves again or arrives back; `lost` ends anything that has not ended, `undoes` takes an end back. A place that
is not recorded is not compared. An event that several selectors pick is the first of: creates, undoes, arrives,
refuses, leaves, ends, lost, seen. Acts of one instant are read in any order that is legal; only where there is none is
it an offence, and then the order that goes well longest names it. The case names the first offence; younger than
`complete_within` it is pending. An act without a time makes its item unknown. Every object of the type with any such
act is judged. Source: the plan of the house, section 4; the engine's decision 12.
"""

from __future__ import annotations

from scherp.events.database import name
from scherp.judging import outcomes
from scherp.judging.kinds.custody_law import ACTS, offence, rank_of
from scherp.judging.kinds.custody_order import freed_of, order_of
from scherp.judging.kinds.sources import Source, settled, young
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Custody


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Custody)
    source = Source(entry, shared, check.each)
    rows = _rows(source, check)
    validity = Validity(entry, shared.partition, shared.zone)
    heads, freed, odd = (name(f"custody {entry.number}{table}") for table in ("", " in any order", " odd"))
    kept = "" if keep_met else f" WHERE moment IS NOT NULL OR untimed IS NOT NULL OR {validity.outside('seen_first')}"
    acts = f"SELECT DISTINCT * FROM ({rows})"
    if not keep_met:  # the others are met, and no row tells of that
        acts = f"SELECT DISTINCT a.* FROM ({rows}) a JOIN {odd} o ON o.object_id = a.object_id"
    found = f"SELECT * FROM ({_heads(acts, check)}) WHERE {validity.included('seen_first')}"
    before = (
        *(() if keep_met else (f"CREATE OR REPLACE TEMP TABLE {odd} AS {_odd(rows, validity)}",)),
        f"CREATE OR REPLACE TEMP TABLE {heads} AS SELECT * FROM ({found}){kept}",
        *order_of(entry.number, heads, acts, rank_of("act")),
        f"CREATE OR REPLACE TEMP TABLE {freed} AS {freed_of(entry.number)}",
    )
    return Judged(
        entry,
        simple=outcomes.rows_of(entry.number, None, _outcomes(check, shared, validity, heads, freed), keep_met),
        population=_population(rows, validity),
        reads=frozenset([check.each]),
        before=before,
    )


def _rows(source: Source, check: Custody) -> str:
    """object_id, event_id, time, place and act of every act; one act may stand in several rows."""
    picked = [(act, getattr(check, act)) for act in ACTS if getattr(check, act) is not None]
    conditions = [(act, source.condition(selector)) for act, selector in picked]
    whens = " ".join(f"WHEN {condition} THEN '{act}'" for act, condition in conditions)
    any_act = " OR ".join(condition for _, condition in conditions)
    return (
        f"SELECT t.object_id, t.event_id, t.time, t.place, CASE {whens} END AS act FROM {source.sql()} WHERE {any_act}"
    )


def _odd(rows: str, validity: Validity) -> str:
    """The items whose acts must be put in order: all but those with the plain life that most have.

    That is: made, perhaps dispatched, received and ended, each at most once, none before the other, at the right place.
    """
    plain = ("creates", "leaves", "arrives", "ends")
    columns = "".join(
        f", sum(CASE WHEN act = '{act}' THEN 1 ELSE 0 END) AS n_{act}, min(CASE WHEN act = '{act}' THEN time END) AS "
        f"t_{act}, min(CASE WHEN act = '{act}' THEN place END) AS p_{act}"
        for act in plain
    )
    tests = [
        f"n = n_{' + n_'.join(plain)} AND timed = n AND n_creates = 1 AND n_leaves <= 1 AND n_arrives <= n_leaves",
        "(n_ends = 0 OR (n_ends = 1 AND n_arrives = n_leaves))",
        "(n_leaves = 0 OR (t_leaves >= t_creates AND coalesce(p_leaves = p_creates, true)))",
        "(n_arrives = 0 OR t_arrives >= t_leaves)",
        "(n_ends = 0 OR (t_ends >= coalesce(t_arrives, t_creates) AND "
        "coalesce(p_ends = CASE WHEN n_arrives = 1 THEN p_arrives ELSE p_creates END, true)))",
        f"NOT ({validity.outside('t_creates')})",
    ]
    counted = f"SELECT object_id, count(*) AS n, count(time) AS timed{columns} FROM ({rows}) GROUP BY object_id"
    return f"SELECT object_id FROM ({counted}) WHERE NOT coalesce({' AND '.join(tests)}, false)"


def _heads(acts: str, check: Custody) -> str:
    """One row an object: its first offence in the first reading, and since when the order may be to blame."""
    order = f"ORDER BY time NULLS LAST, {rank_of('act')}, event_id"
    ahead = f"OVER (PARTITION BY object_id {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    if check.seen is None:
        before = f"OVER (PARTITION BY object_id {order})"
        state, held_at = f"lag(act) {before}", f"lag(place) {before}"
    else:  # to have been seen somewhere changes nothing
        state = f"last_value(CASE WHEN act <> 'seen' THEN act END IGNORE NULLS) {ahead}"
        held_at = f"nullif(last_value(CASE WHEN act <> 'seen' THEN coalesce(place, '') END IGNORE NULLS) {ahead}, '')"
    stated = (
        f"SELECT *, {state} AS state, {held_at} AS held_at, row_number() OVER (PARTITION BY object_id {order}) AS n, "
        f"count(*) OVER (PARTITION BY object_id, time) AS together FROM ({acts})"
    )
    offended = f"SELECT *, {offence('state', 'held_at')} AS offence FROM ({stated})"
    wrong = "FILTER (WHERE offence IS NOT NULL)"
    return (
        f"SELECT object_id, min(time) AS seen_first, min(event_id) FILTER (WHERE time IS NULL) AS untimed, "
        f"min(time) {wrong} AS moment, arg_min(event_id, n) {wrong} AS event_id, "
        f"arg_min(offence, n) {wrong} AS reason, "
        f"min(time) FILTER (WHERE together > 1) AS tied FROM ({offended}) GROUP BY object_id"
    )


def _outcomes(check: Custody, shared: Pass, validity: Validity, heads: str, freed: str) -> str:
    within = check.complete_within
    decided = (
        f"SELECT h.object_id, h.seen_first, h.untimed, f.object_id IS NOT NULL AND f.crowded AS crowded, "
        f"CASE WHEN f.object_id IS NULL THEN h.moment ELSE f.moment END AS moment, "
        f"CASE WHEN f.object_id IS NULL THEN h.event_id ELSE f.event_id END AS event_id, "
        f"CASE WHEN f.object_id IS NULL THEN h.reason ELSE f.reason END AS reason "
        f"FROM {heads} h LEFT JOIN {freed} f ON f.object_id = h.object_id"
    )
    sound = outcomes.case(
        [
            (validity.outside("seen_first"), outcomes.NOT_VALID),
            ("untimed IS NOT NULL", outcomes.NO_TIME),
            ("crowded", outcomes.ORDER_UNCLEAR),
            ("reason IS NULL", outcomes.MET),
            (young("moment", within, shared), outcomes.INCOMPLETE),
        ],
        "breached",
    )
    return (
        "SELECT object_id, CASE WHEN untimed IS NOT NULL THEN untimed ELSE event_id END AS event_id, "
        f"CASE WHEN untimed IS NULL AND reason IS NOT NULL THEN {settled('moment', within)} END AS due, "
        f"CASE WHEN outcome = 'breached' THEN 'breached: ' || reason ELSE outcome END AS outcome "
        f"FROM (SELECT *, {sound} AS outcome FROM ({decided}))"
    )


def _population(rows: str, validity: Validity) -> str:
    """SQL: how many objects this entry judges."""
    having = "" if validity.included("x") == "true" else f" HAVING {validity.included('min(time)')}"
    return f"SELECT count(*) FROM (SELECT object_id FROM ({rows}) GROUP BY object_id{having})"
