"""conservation: what goes into an event comes out of it, or is accounted for as lost.

Rule: inputs = outputs + losses, for every such event, within `tolerance` where less came out and within `gain` where
more did; a tolerance is inclusive, a percentage is one of the inputs, and sums are exact decimals. Nothing on a side is
zero. A measure that is missing for one of the objects makes the event unknown, and so do quantities in different units;
an attribute and a count have no unit of their own. The amount is the whole difference. Source: the plan of the house,
section 4.
"""

from __future__ import annotations

from scherp.judging import outcomes
from scherp.judging.kinds.sources import Source, one_of
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Conservation, Measure, Tolerance

_TOTAL = "DECIMAL(28,6)"
_PERCENT = "DECIMAL(9,6)"


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Conservation)
    events = Source(entry, shared, "event")
    meant = events.condition(check.event)
    validity = Validity(entry, shared.partition, shared.zone)
    where = f"{meant} AND {validity.included('t.time')}"
    chosen = f"SELECT t.event_id, t.time FROM {events.sql()} WHERE {where}"
    sides = (("inputs", check.inputs), ("outputs", check.outputs), ("losses", check.losses))
    measured = [
        (Source(entry, shared, measure.objects or "event"), side, measure)
        for side, listed in sides
        for measure in listed
    ]
    sums = " UNION ALL ".join(_sum(source, side, measure, chosen) for source, side, measure in measured)
    types = frozenset(measure.objects for _, _, measure in measured if measure.objects is not None)
    return Judged(
        entry,
        simple=outcomes.rows_of(
            entry.number, None, _outcomes(check, validity, chosen, sums), keep_met, amount="abs(difference)"
        ),
        population=f"SELECT count(*) FROM {events.sql()} WHERE {where}",
        reads=types,
        objects=frozenset(source.object_type for source, _, _ in measured if source.reads_objects),
    )


def _sum(source: Source, side: str, measure: Measure, chosen: str) -> str:
    """event_id, side, total, missing, least_unit, most_unit of one measure, for each chosen event that has it."""
    mine = f"JOIN ({chosen}) c ON c.event_id = t.event_id"
    none = "CAST(NULL AS VARCHAR) AS least_unit, CAST(NULL AS VARCHAR) AS most_unit"
    if measure.objects is None:
        amount = source.number(measure.measure)
        total = f"CAST({amount} AS {_TOTAL}) AS total, CASE WHEN {amount} IS NULL THEN 1 ELSE 0 END AS missing, {none}"
        return f"SELECT t.event_id, '{side}' AS side, {total} FROM {source.sql()} {mine}"
    if measure.measure == "count":
        columns = f"CAST(count(DISTINCT t.object_id) AS {_TOTAL}) AS total, 0 AS missing, {none}"
    else:
        amount = "t.quantity" if measure.measure == "quantity" else source.number(measure.measure)
        columns = (
            f"CAST(sum({amount}) AS {_TOTAL}) AS total, sum(CASE WHEN {amount} IS NULL THEN 1 ELSE 0 END) AS missing, "
        )
        unit = "CASE WHEN t.quantity IS NOT NULL THEN coalesce(t.unit, '') END"
        columns += f"min({unit}) AS least_unit, max({unit}) AS most_unit" if measure.measure == "quantity" else none
    return (
        f"SELECT t.event_id, '{side}' AS side, {columns} FROM {source.sql()} {mine}"
        f"{_in_roles(measure)} GROUP BY t.event_id"
    )


def _in_roles(measure: Measure) -> str:
    return f" WHERE {one_of('t.role', measure.roles)}" if measure.roles else ""


def _outcomes(check: Conservation, validity: Validity, chosen: str, sums: str) -> str:
    totals = ", ".join(
        f"coalesce(sum(CASE WHEN side = '{side}' THEN total END), 0) AS {side}"
        for side in ("inputs", "outputs", "losses")
    )
    grouped = (
        f"SELECT event_id, {totals}, sum(missing) AS missing, min(least_unit) AS least_unit, "
        f"max(most_unit) AS most_unit "
        f"FROM ({sums}) GROUP BY event_id"
    )
    joined = (
        "SELECT c.event_id, c.time, coalesce(g.inputs, 0) AS inputs, coalesce(g.missing, 0) AS missing, "
        "coalesce(g.least_unit <> g.most_unit, false) AS mixed, "
        f"CAST(coalesce(g.inputs - g.outputs - g.losses, 0) AS {_TOTAL}) AS difference FROM ({chosen}) c "
        f"LEFT JOIN ({grouped}) g ON g.event_id = c.event_id"
    )
    outcome = outcomes.case(
        [
            (validity.outside("time"), outcomes.NOT_VALID),
            ("missing > 0", outcomes.QUANTITY_MISSING),
            ("mixed", outcomes.UNITS_DIFFER),
            (f"difference > 0 AND NOT ({_allowed(check.tolerance)})", outcomes.SHORTFALL),
            (f"difference < 0 AND NOT ({_allowed(check.gain)})", outcomes.SURPLUS),
        ],
        outcomes.MET,
    )
    amount = f"CASE WHEN outcome IN ('{outcomes.SHORTFALL}', '{outcomes.SURPLUS}') THEN difference END AS difference"
    return (
        "SELECT CAST(NULL AS VARCHAR) AS object_id, event_id, CAST(NULL AS TIMESTAMP) AS due, "
        f"{amount}, outcome FROM (SELECT *, {outcome} AS outcome FROM ({joined}))"
    )


def _allowed(tolerance: Tolerance) -> str:
    """SQL: is the difference within it? Without a division, so that nothing is rounded."""
    if not tolerance.percent:
        return f"abs(difference) <= CAST('{tolerance.amount}' AS {_TOTAL})"
    percent = f"CAST('{tolerance.amount}' AS {_PERCENT})"
    return f"abs(difference) * CAST(100 AS {_PERCENT}) <= abs(CAST(inputs AS {_TOTAL})) * {percent}"
