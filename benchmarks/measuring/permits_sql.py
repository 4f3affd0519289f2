"""The six norms of the permit log as a person would write them in DuckDB's SQL, for this log and these norms only.

Rule: one grouping by case of the plain Parquet log (counts, first and last moments with FILTER), each norm read off from
it where its trigger occurs once, the few cases with a repetition by a join of their events, the trigger's identifier
fetched for the rows that are written. The result is what Scherp writes: one file a norm, sorted, with norm, object,
event, verdict, due, lateness, reason of every case that is not met.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scherp.events.database import Database, rows, text


@dataclass(frozen=True)
class Asks:
    """One norm: its trigger, the other event, and days. kind: follows, needs or absent."""

    trigger: str
    other: str
    kind: str
    days: int | None = None


NORMS = {
    "receipt-confirmed": Asks("Receive application", "Confirm receipt", "follows", 10),
    "decided-in-time": Asks("Receive application", "Decide", "follows", 70),
    "notified": Asks("Decide", "Notify applicant", "follows", 42),
    "reviewed-first": Asks("Decide", "Review", "needs"),
    "asked-recently": Asks("Receive information", "Ask for information", "needs", 21),
    "no-fee-after-decision": Asks("Decide", "Collect fee", "absent"),
}
TRIGGERS = tuple(dict.fromkeys(asks.trigger for asks in NORMS.values()))
ACTIVITIES = tuple(dict.fromkeys(a for asks in NORMS.values() for a in (asks.trigger, asks.other)))


def judge_by_hand(database: Database, log: Path, as_of: str, out: Path) -> None:
    """Judge the log and write out/NORM.parquet for each norm."""
    listed = ", ".join(map(text, ACTIVITIES))
    rows(database, f"CREATE TEMP VIEW log AS SELECT * FROM read_parquet({text(str(log))}) WHERE activity IN ({listed})")
    rows(database, f"CREATE TEMP TABLE cases AS SELECT case_id, {_aggregates()} FROM log GROUP BY case_id")
    repeated = " OR ".join(f"n{_at(trigger)} > 1" for trigger in TRIGGERS) + "".join(
        f" OR (first{_at(a.other)} < first{_at(a.trigger)} AND last{_at(a.other)} >= first{_at(a.trigger)})"
        for a in NORMS.values()
    )
    rows(
        database,
        f"CREATE TEMP TABLE tangled AS SELECT * FROM log SEMI JOIN (FROM cases WHERE {repeated}) USING (case_id)",
    )
    once = " UNION ALL ".join(_once(norm, asks, as_of) for norm, asks in NORMS.items())
    rows(database, f"CREATE TEMP TABLE once AS SELECT * FROM (SELECT * FROM ({once}) WHERE verdict <> 'met')")
    again = " UNION ALL ".join(_again(norm, asks, as_of) for norm, asks in NORMS.items())
    triggers = ", ".join(map(text, TRIGGERS))
    rows(
        database,
        f"""CREATE TEMP TABLE found AS
        SELECT norm, case_id AS object, e.event_id AS event, verdict, due, lateness, reason, amount FROM once
          JOIN (SELECT case_id, event_id, activity FROM log WHERE activity IN ({triggers})) e USING (case_id, activity)
        UNION ALL SELECT norm, case_id, event_id, verdict, due, lateness, reason, amount FROM ({again}) WHERE verdict <> 'met'""",
    )
    for norm in NORMS:
        rows(
            database,
            f"COPY (FROM found WHERE norm = {text(norm)} ORDER BY object NULLS LAST, event NULLS LAST, due NULLS LAST, "
            f"verdict, reason) TO {text(str(out / f'{norm}.parquet'))} (FORMAT parquet, COMPRESSION zstd)",
        )


def _at(activity: str) -> int:
    return ACTIVITIES.index(activity)


def _aggregates() -> str:
    others = {asks.other for asks in NORMS.values()}
    found = []
    for number, activity in enumerate(ACTIVITIES):
        condition = f"FILTER (activity = {text(activity)})"
        found.append(f"min(time) {condition} AS first{number}")
        found += [f"max(time) {condition} AS last{number}"] if activity in others else []
        found += [f"count(*) {condition} AS n{number}"] if activity in TRIGGERS else []
    return ", ".join(found)


def _once(norm: str, asks: Asks, as_of: str) -> str:
    """Cases with one trigger, and the other event never on both sides of it."""
    a, first, last = (f"{word}{_at(asks.other)}" for word in ("n", "first", "last"))
    a = f"first{_at(asks.trigger)}"
    other = (
        f"CASE WHEN {last} <= {a} THEN {last} END"
        if asks.kind == "needs"
        else f"CASE WHEN {first} >= {a} THEN {first} END"
    )
    simple = f"n{_at(asks.trigger)} = 1 AND NOT coalesce({first} < {a} AND {last} >= {a}, false)"
    relation = f"SELECT case_id, NULL AS event_id, {a} AS a, {other} AS b FROM cases WHERE {simple}"
    return _judged(norm, asks, as_of, relation)


def _again(norm: str, asks: Asks, as_of: str) -> str:
    """The other cases: every trigger with the nearest other event, by a join within the case."""
    near = "max(b.time) FILTER (b.time <= a.time)" if asks.kind == "needs" else "min(b.time) FILTER (b.time >= a.time)"
    a, first, last = f"first{_at(asks.trigger)}", f"first{_at(asks.other)}", f"last{_at(asks.other)}"
    tangled = f"n{_at(asks.trigger)} > 1 OR ({first} < {a} AND {last} >= {a} AND n{_at(asks.trigger)} = 1)"
    relation = f"""SELECT a.case_id, a.event_id, a.time AS a, {near} AS b FROM tangled a
        SEMI JOIN (SELECT case_id FROM cases WHERE {tangled}) USING (case_id)
        LEFT JOIN (FROM tangled WHERE activity = {text(asks.other)}) b ON b.case_id = a.case_id
        WHERE a.activity = {text(asks.trigger)} GROUP BY ALL"""
    return _judged(norm, asks, as_of, relation)


def _judged(norm: str, asks: Asks, as_of: str, relation: str) -> str:
    """Verdict, due, lateness and reason from the trigger's moment a and the other event's moment b."""
    days = f"INTERVAL {asks.days} DAY"
    due, late, verdict, reason = "NULL::TIMESTAMP", "NULL", "", ""
    if asks.kind == "absent":
        verdict, reason = "CASE WHEN b IS NULL THEN 'met' ELSE 'breached' END", "'occurred'"
    elif asks.kind == "follows":
        due, late = f"a + {days}", "b - due"
        verdict = (
            f"CASE WHEN b <= due THEN 'met' WHEN due >= TIMESTAMP {text(as_of)} THEN 'pending' ELSE 'breached' END"
        )
        reason = (
            "CASE verdict WHEN 'pending' THEN 'running' ELSE CASE WHEN b > due THEN 'late' ELSE 'not-followed' END END"
        )
    else:
        due, late = (f"b + {days}", "a - due") if asks.days else (due, late)
        within = "a <= due" if asks.days else "b IS NOT NULL"
        verdict = f"CASE WHEN {within} THEN 'met' ELSE 'breached' END"
        reason = "CASE WHEN b IS NULL THEN 'not-preceded' ELSE 'preceded-too-early' END"
    seconds = (
        "NULL"
        if late == "NULL"
        else f"CASE WHEN reason IN ('late', 'preceded-too-early') THEN epoch_us({late})::DECIMAL(18,0) * 0.000001 END"
    )
    return (
        f"SELECT {text(norm)} AS norm, case_id, {text(asks.trigger)} AS activity, event_id, {due} AS due, "
        f"{verdict} AS verdict, {reason} AS reason, CAST({seconds} AS DECIMAL(24,6)) AS lateness, "
        f"NULL::DECIMAL(24,6) AS amount FROM ({relation})"
    )
