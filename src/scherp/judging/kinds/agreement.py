"""agreement: what two sides say of one object (a shipment, an order) names the same things in the same quantities.

Rule: every object of the type with an event of either side is judged once. The set of `on` objects in the events of the
first side equals the set in those of the second, whatever their number and order; where both sides state a quantity, it
is the same. What only the second side names, or names more of, is breached at once; without any event of the first side
the reason is that nothing was sent. What the second side does not name yet, or names less of, is pending until `within`
has passed since the last event of the first side (always, without `within`), then breached; its amount is the number of
objects that differ. An offence of the second side younger than `complete_within` is pending. That the second side was
late but complete is no breach: a response says that. Source: the plan of the house, section 4; the engine's decision
12.
"""

from __future__ import annotations

from scherp.events.database import name
from scherp.judging import outcomes
from scherp.judging.kinds.sources import Source, settled, young
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.judging.terms import interval
from scherp.norms.model import Agreement


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Agreement)
    sides = _sides(Source(entry, shared, check.each), check)
    validity = Validity(entry, shared.partition, shared.zone)
    whole = f"SELECT * FROM ({_objects(sides)}) WHERE {validity.included('seen_first')}"
    joined = (
        "SELECT s.*, coalesce(d.items, 0) AS items, coalesce(d.extra, 0) AS extra, coalesce(d.short, 0) AS short, "
        f"coalesce(d.more, 0) AS more, coalesce(d.less, 0) AS less, coalesce(d.unlike, 0) AS unlike FROM ({whole}) s "
        f"LEFT JOIN ({_differences(sides, check.on)}) d ON d.object_id = s.object_id"
    )
    inner = _outcomes(check, shared, validity, joined)
    return Judged(
        entry,
        simple=outcomes.rows_of(entry.number, None, inner, keep_met, amount="amount"),
        population=f"SELECT count(*) FROM ({whole})",
        reads=frozenset([check.each, check.on]),
    )


def _sides(source: Source, check: Agreement) -> str:
    """object_id, event_id, time, one and two (0 or 1: is it an event of that side?), once for each event."""
    one, two = (source.condition(selector) for selector in check.between)
    return (
        f"SELECT t.object_id, t.event_id, t.time, max(CASE WHEN {one} THEN 1 ELSE 0 END) AS one, "
        f"max(CASE WHEN {two} THEN 1 ELSE 0 END) AS two FROM {source.sql()} WHERE {one} OR {two} "
        "GROUP BY t.object_id, t.event_id, t.time"
    )


def _objects(sides: str) -> str:
    """One row an object: how many events each side has, and when its last ones were."""
    return (
        "SELECT object_id, sum(one) AS ones, sum(two) AS twos, "
        "coalesce(min(CASE WHEN one = 1 THEN time END), min(time)) AS seen_first, "
        "max(CASE WHEN one = 1 THEN time END) AS last_one, max(CASE WHEN two = 1 THEN time END) AS last_two, "
        f"sum(CASE WHEN one = 1 AND time IS NULL THEN 1 ELSE 0 END) AS untimed FROM ({sides}) GROUP BY object_id"
    )


def _differences(sides: str, on: str) -> str:
    """One row an object with `on` objects: how many, and how many of them differ in which way."""
    amounts = ", ".join(
        f"max({side}) AS in_{side}, sum(CASE WHEN {side} = 1 THEN quantity END) AS of_{side}, "
        f"sum(CASE WHEN {side} = 1 AND quantity IS NULL THEN 1 ELSE 0 END) AS without_{side}"
        for side in ("one", "two")
    )
    items = (
        f"SELECT s.object_id, p.object_id AS item, {amounts}, min(coalesce(p.unit, '')) AS least_unit, "
        f"max(coalesce(p.unit, '')) AS most_unit FROM ({sides}) s "
        f"JOIN {name(f'parts {on}')} p ON p.event_id = s.event_id "
        "GROUP BY s.object_id, p.object_id"
    )
    both = "in_one = 1 AND in_two = 1"
    stated = f"{both} AND without_one = 0 AND without_two = 0"
    tests = {
        "extra": "in_one = 0",
        "short": "in_two = 0",
        "unlike": f"{stated} AND least_unit <> most_unit",
        "more": f"{stated} AND least_unit = most_unit AND of_two > of_one",
        "less": f"{stated} AND least_unit = most_unit AND of_two < of_one",
    }
    counted = ", ".join(f"sum(CASE WHEN {test} THEN 1 ELSE 0 END) AS {word}" for word, test in tests.items())
    return f"SELECT object_id, count(*) AS items, {counted} FROM ({items}) GROUP BY object_id"


def _outcomes(check: Agreement, shared: Pass, validity: Validity, joined: str) -> str:
    """An offence of the second side is certain at once, one of the first only when the time for it has passed."""
    limit = f"last_one + {interval(check.within.length)}" if check.within is not None else "CAST(NULL AS TIMESTAMP)"
    waits = f"coalesce({limit} >= {shared.cut.as_of_sql}, false)" if check.within is not None else "true"
    feed = young("last_two", check.complete_within, shared)
    untimed = "untimed > 0" if check.within is not None else "false"
    surplus, lack = "extra + more > 0", "short + less > 0"
    outcome = outcomes.case(
        [
            (validity.outside("seen_first"), outcomes.NOT_VALID),
            ("false" if feed == "false" else f"(ones = 0 OR {surplus}) AND twos > 0 AND {feed}", outcomes.INCOMPLETE),
            ("ones = 0", outcomes.NOT_SENT),
            ("extra > 0", outcomes.SET_DIFFERS),
            ("more > 0 AND short = 0", outcomes.QUANTITY_DIFFERS),
            ("more > 0", outcomes.SET_DIFFERS),
            (f"(twos = 0 OR {lack}) AND {untimed}", outcomes.NO_TIME),
            (f"(twos = 0 OR {lack}) AND {waits}", outcomes.RUNNING),
            ("twos = 0", outcomes.NOT_RECEIVED),
            ("short > 0", outcomes.SET_DIFFERS),
            ("less > 0", outcomes.QUANTITY_DIFFERS),
            ("unlike > 0", outcomes.UNITS_DIFFER),
        ],
        outcomes.MET,
    )
    differ = f"CASE WHEN ones = 0 OR twos = 0 THEN items WHEN {surplus} OR {lack} THEN extra + short + more + less END"
    early = f"(ones = 0 OR {surplus})"
    return (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, {outcome} AS outcome, {differ} AS amount, "
        f"CASE WHEN {early} THEN {settled('last_two', check.complete_within)} ELSE {limit} END AS due FROM ({joined})"
    )
