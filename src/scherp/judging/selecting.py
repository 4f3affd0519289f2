"""Selectors as conditions: which events of a store a norm means.

Rule: a selector's words are event types or words of the framework's vocabulary; equal conditions are one selector in the
plan, so that norms share them. A condition on action, bizStep or disposition alone is decided on the small table of
kinds and never joins. Source: the plan of the house, sections 4 and 5; the engine's decision 4.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from sqlglot import exp

from scherp.events.database import connect, text, value
from scherp.judging.formula_sql import KIND_FIELDS, Reads, Scope, formula_sql
from scherp.judging.formula_types import fitted
from scherp.judging.relations import Tables
from scherp.norms.model import Formula, Pick, Selector


@dataclass
class Selectors:
    """The distinct selectors of the norms that share one object type. conditions: SQL over `t`, `e` and `o`, numbered:
    selector N is the column `sN` of the base. reads: the columns outside `takings` that they need."""

    tables: Tables
    vocabulary: dict[str, Selector]
    conditions: list[str] = field(default_factory=list)
    types: list[frozenset[str]] = field(default_factory=list)
    reads: Reads = field(default_factory=Reads)
    unknown_types: dict[str, str] = field(default_factory=dict)

    def number(self, selector: Selector, scope: Scope) -> int:
        """The number of this selector, made where it is new."""
        condition = self.condition(selector, scope)
        if condition not in self.conditions:
            self.conditions.append(condition)
            self.types.append(frozenset(pick.event for pick in self.picks(selector)))
        return self.conditions.index(condition)

    def picks(self, selector: Selector) -> list[Pick]:
        """The selector's picks over the store's own types, vocabulary words resolved."""
        found = []
        for pick in selector.picks:
            if pick.event in self.vocabulary:
                for inner in self.vocabulary[pick.event].picks:
                    found.append(Pick(inner.event, _both(inner.where, pick.where)))
            else:
                found.append(pick)
        return found

    def condition(self, selector: Selector, scope: Scope) -> str:
        """SQL over one row of the base: is this event meant? Never null."""
        plain: list[str] = []
        conditions: list[str] = []
        for pick in self.picks(selector):
            if pick.event not in self.tables.event_types:
                near = difflib.get_close_matches(pick.event, self.tables.event_types, n=1)
                self.unknown_types[pick.event] = near[0] if near else ""
            if pick.where is None:
                plain.append(pick.event)
            elif scope.each != "event" and set(pick.where.names) <= set(
                KIND_FIELDS
            ):  # events by themselves carry no kind
                conditions.append(self._by_kind(pick))
            else:
                where = formula_sql(pick.where, scope, self.reads)
                conditions.append(f"(t.event_type = {text(pick.event)} AND coalesce({where}, false))")
        if len(plain) == 1:
            conditions.insert(0, f"t.event_type = {text(plain[0])}")
        elif plain:
            conditions.insert(0, f"t.event_type IN ({', '.join(map(text, dict.fromkeys(plain)))})")
        return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"

    def _by_kind(self, pick: Pick) -> str:
        """The kinds whose type, action, bizStep and disposition satisfy the pick, as `t.kind IN (...)`."""
        assert pick.where is not None
        numbers = [
            str(number)
            for number, kind in enumerate(self.tables.kinds)
            if kind.type == pick.event
            and holds_for_kind(
                pick.where, {"action": kind.action, "bizStep": kind.biz_step, "disposition": kind.disposition}
            )
        ]
        return f"t.kind IN ({', '.join(numbers)})" if numbers else "false"


def holds_for_kind(where: Formula, fields: dict[str, str | None]) -> bool:
    """Evaluate a formula over text fields, as the database would: null does not hold."""

    def spelled(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            held = fields[node.name]
            return exp.cast(exp.Null() if held is None else exp.Literal.string(held), "VARCHAR")
        return node

    sql = fitted(where.tree.copy().transform(spelled)).sql(dialect="duckdb")
    database = connect()
    try:
        return bool(value(database, f"SELECT coalesce({sql}, false)"))
    finally:
        database.close()


def _both(first: Formula | None, second: Formula | None) -> Formula | None:
    if first is None or second is None:
        return first or second
    tree = exp.And(this=exp.paren(first.tree.copy()), expression=exp.paren(second.tree.copy()))
    return Formula(f"({first.text}) AND ({second.text})", tree)
