"""level: what was added minus what was removed, for each key, stays between its bounds.

Rule: the changes of one instant are summed first; every moment when the level of a key changes is judged, the bounds
themselves are allowed, and the amount beyond a bound is kept. `count` counts an object once for each event, `quantity`
adds what takes part, an attribute is the object's own (failing that the event's), once for each event. A measure that
is missing, or in another unit, makes the level of its key unknown from then on, a change without a time makes it
unknown altogether; a change without a key is unknown itself. A bound may be a parameter that is read from the object
whose id is the key, as it was at that moment; where it is missing the verdict is unknown, unless the other bound was
crossed. A crossing younger than `complete_within` is pending. The object of the verdict is the key; its event is the
first by id of that moment. Source: the plan of the house, section 4; the engine's decisions 3, 8 and 12; the rules of
the field, 8.
"""

from __future__ import annotations

from decimal import Decimal

from scherp.events.database import name, text
from scherp.judging import outcomes
from scherp.judging.kinds.sources import NUMBER, Source, settled, young
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.norms.model import Level, Parameter

_KEYS = ("place", "actor")


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Level)
    source = Source(entry, shared, check.each)
    moments = _moments(_changes(source, check))
    validity = Validity(entry, shared.partition, shared.zone)
    judged = f"(changed <> 0 OR missing > 0 OR time IS NULL) AND {validity.included('time')}"
    bounds = {side: _bound(entry, shared, getattr(check, side)) for side in ("never_below", "never_above")}
    joins = "".join(f" {bound.join.format(side)}" for side, bound in bounds.items() if bound is not None)
    values = "".join(f", {bound.value.format(side)} AS {side}" for side, bound in bounds.items() if bound is not None)
    levels = f"SELECT m.*{values} FROM ({_levels(moments, check.measure)}) m{joins}"
    inner = _outcomes(check, shared, validity, f"SELECT * FROM ({levels}) WHERE {judged}", bounds)
    return Judged(
        entry,
        simple=outcomes.rows_of(entry.number, None, inner, keep_met, amount="amount"),
        population=f"SELECT count(*) FROM ({moments}) WHERE {judged}",
        reads=frozenset([check.each]),
        objects=frozenset([check.each] if source.reads_objects else []),
        histories=frozenset(bound.object_type for bound in bounds.values() if bound is not None and bound.object_type),
    )


def _changes(source: Source, check: Level) -> str:
    """key, time, event_id, change (null: the measure is missing) and unit of every change."""
    adds, removes = source.condition(check.adds), source.condition(check.removes)
    key = f"t.{check.key}" if check.key in _KEYS else source.word(check.key)
    sign = f"CASE WHEN {adds} THEN 1 ELSE 0 END - CASE WHEN {removes} THEN 1 ELSE 0 END"
    if check.measure == "quantity":
        columns, once = (
            "t.quantity AS amount, CASE WHEN t.quantity IS NOT NULL THEN coalesce(t.unit, '') END AS unit",
            "",
        )
    elif check.measure == "count":
        columns, once = f"CAST(1 AS {NUMBER}) AS amount, t.object_id", "DISTINCT "
    else:
        columns, once = f"{source.number(check.measure)} AS amount, t.object_id", "DISTINCT "
    rows = (
        f"SELECT {once}{key} AS key, t.time, t.event_id, {sign} AS sign, {columns} FROM {source.sql()} "
        f"WHERE {adds} OR {removes}"
    )
    unit = "unit" if check.measure == "quantity" else "CAST(NULL AS VARCHAR) AS unit"
    return f"SELECT key, time, event_id, sign * amount AS change, {unit} FROM ({rows})"


def _moments(changes: str) -> str:
    """One row for each key and instant: the sum of its changes."""
    return (
        "SELECT key, time, min(event_id) AS event_id, coalesce(sum(change), 0) AS changed, "
        "sum(CASE WHEN change IS NULL THEN 1 ELSE 0 END) AS missing, min(unit) AS least_unit, max(unit) AS most_unit "
        f"FROM ({changes}) GROUP BY key, time"
    )


def _levels(moments: str, measure: str) -> str:
    """The moments with the level, how often the measure was missing, and whether units differ, up to each of them."""
    upto = "OVER (PARTITION BY key ORDER BY time NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    units = f"min(least_unit) {upto} <> max(most_unit) {upto}" if measure == "quantity" else "false"
    return (
        f"SELECT *, sum(changed) {upto} AS level, sum(missing) {upto} AS holes, {units} AS units, "
        f"max(CASE WHEN time IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY key) AS untimed FROM ({moments})"
    )


class _Bound:
    """A bound as SQL: join ({0}: an alias) and value. object_type: of the objects that it is read from, if of any."""

    def __init__(self, value: str, join: str = "", object_type: str = "") -> None:
        self.value, self.join, self.object_type = value, join, object_type


def _bound(entry: Entry, shared: Pass, bound: Decimal | str | None) -> _Bound | None:
    if bound is None:
        return None
    if isinstance(bound, Decimal):
        return _Bound(_number(bound))
    parameter = next((p for p in entry.norm.parameters if p.name == bound), Parameter(bound))
    default = _number(parameter.default)
    spans = None if parameter.origin is None else _spans(shared, parameter.origin)
    if spans is None:
        return _Bound(default)
    join = (
        f"LEFT JOIN ({spans}) {{0}}s ON {{0}}s.object_id = m.key "
        f"AND ({{0}}s.starts IS NULL OR m.time >= {{0}}s.starts) "
        "AND ({0}s.ends IS NULL OR m.time < {0}s.ends)"
    )
    return _Bound(f"coalesce({{0}}s.held, {default})", join, str(parameter.origin).partition(".")[0])


def _number(number: object) -> str:
    return "NULL" if number is None else f"CAST({text(str(number))} AS {NUMBER})"


def _spans(shared: Pass, origin: str) -> str | None:
    """SQL: object_id, starts, ends, held: from when until when an object's attribute had which value; None where no
    object has such an attribute (the judge is told so)."""
    object_type, _, word = origin.partition(".")
    known = {attribute.name: attribute for attribute in shared.tables.object_attributes.get(object_type, ())}
    attribute = known.get(word)
    if attribute is None:
        shared.selectors.reads.unknown[origin] = ""
        return None
    column = f"TRY_CAST({name(attribute.column)} AS {NUMBER}) AS held"
    first = f"SELECT object_id, {column} FROM {name(f'first objects {object_type}')}"
    if (object_type, word) not in shared.tables.changed:
        return (
            f"SELECT object_id, CAST(NULL AS TIMESTAMP) AS starts, CAST(NULL AS TIMESTAMP) AS ends, held FROM ({first})"
        )
    changes = (
        f"SELECT object_id, time, max(TRY_CAST(value AS {NUMBER})) AS held "
        f"FROM {name(f'changes {object_type}')} "
        f"WHERE attribute = {text(word)} AND time IS NOT NULL GROUP BY object_id, time"
    )
    return (
        f"SELECT f.object_id, CAST(NULL AS TIMESTAMP) AS starts, c.ends, f.held FROM ({first}) f LEFT JOIN "
        f"(SELECT object_id, min(time) AS ends FROM ({changes}) GROUP BY object_id) c ON c.object_id = f.object_id "
        "UNION ALL SELECT object_id, time AS starts, lead(time) OVER (PARTITION BY object_id ORDER BY time) AS ends, "
        "held "
        f"FROM ({changes})"
    )


def _outcomes(check: Level, shared: Pass, validity: Validity, levels: str, bounds: dict[str, _Bound | None]) -> str:
    below = "coalesce(level < never_below, false)" if bounds["never_below"] else "false"
    above = "coalesce(level > never_above, false)" if bounds["never_above"] else "false"
    absent = " OR ".join(f"{side} IS NULL" for side, bound in bounds.items() if bound is not None)
    feed = young("time", check.complete_within, shared)
    outcome = outcomes.case(
        [
            (validity.outside("time"), outcomes.NOT_VALID),
            ("key IS NULL", outcomes.ATTRIBUTE_MISSING),
            ("time IS NULL", outcomes.NO_TIME),
            ("untimed > 0", outcomes.OTHER_WITHOUT_TIME),
            ("holes > 0", outcomes.QUANTITY_MISSING),
            ("units" if check.measure == "quantity" else "false", outcomes.UNITS_DIFFER),
            ("false" if feed == "false" else f"({below} OR {above}) AND {feed}", outcomes.INCOMPLETE),
            (below, outcomes.BELOW_LEVEL),
            (above, outcomes.ABOVE_LEVEL),
            (absent, outcomes.LIMIT_MISSING),
        ],
        outcomes.MET,
    )
    beyond = [f"WHEN {below} THEN never_below - level"] if bounds["never_below"] else []
    beyond += [f"WHEN {above} THEN level - never_above"] if bounds["never_above"] else []
    crossed = "split_part(outcome, ': ', 1) = 'breached' OR outcome = 'pending: feed-incomplete'"
    return (
        "SELECT key AS object_id, event_id, "
        f"CASE WHEN {crossed} THEN {settled('time', check.complete_within)} END AS due, "
        f"CASE WHEN {crossed} THEN CASE {' '.join(beyond)} END END AS amount, outcome "
        f"FROM (SELECT *, {outcome} AS outcome FROM ({levels}))"
    )
