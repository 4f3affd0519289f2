"""A norm's formula as SQL over one store: names become columns, and no cast can stop a run.

Rule: a name is the event's attribute, else an attribute of the judged object, else a core column of the event; a name
that the store does not know is null, and the run says so. What cannot be compared is null (`formula_types`); a `where`
that is null does not select and a `holds` that is null makes the case `unknown`. Source: the engine's decisions 3 and 10.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import cast

import sqlglot
from sqlglot import exp

from scherp.events.attributes import Attribute
from scherp.judging.formula_types import fitted, group_of
from scherp.judging.local_clock import GROUPS, local_sql
from scherp.judging.relations import Tables
from scherp.norms.model import Formula, Parameter

CORE = {
    "time": "TIMESTAMP", "recorded": "TIMESTAMP", "actor": "VARCHAR", "place": "VARCHAR", "role": "VARCHAR",
    "quantity": "DECIMAL(18,6)", "unit": "VARCHAR", "event_id": "VARCHAR", "object_id": "VARCHAR",
}  # fmt: skip
KIND_FIELDS = ("action", "bizStep", "disposition")


@dataclass
class Reads:
    """Which columns a formula (or several) needs from outside `takings`."""

    event: dict[str, Attribute] = field(default_factory=dict)
    object: dict[str, Attribute] = field(default_factory=dict)
    core: set[str] = field(default_factory=set)
    unknown: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """What names mean: the tables, the judged object type, and the norm's parameters.

    Columns come out qualified: `t` for takings (core columns), `e` for events, `o` for objects.
    """

    tables: Tables
    each: str
    parameters: tuple[Parameter, ...] = ()
    core_alias: str = "t"
    zone: str = "UTC"


def formula_sql(formula: Formula, scope: Scope, reads: Reads) -> str:
    """The formula as DuckDB SQL; `reads` learns which columns it needs."""
    tree = formula.tree.copy()
    tree = tree.transform(lambda node: _column(node, scope, reads) if isinstance(node, exp.Column) else node)
    return fitted(tree).transform(_written_out).sql(dialect="duckdb")


def _written_out(node: exp.Expression) -> exp.Expression:
    """A word of local time as the SQL that it stands for, put in when the formula has been fitted."""
    written = node.meta.get("stands_for") if isinstance(node, exp.Column) else None
    return cast(exp.Expression, sqlglot.parse_one(written, dialect="duckdb")) if written else node


def resolve(word: str, scope: Scope, reads: Reads) -> tuple[str, str] | None:
    """Where a name lives: (alias, SQL type), None if the store does not know it."""
    table, _, column = word.rpartition(".")
    if table and table not in (scope.each, "object", "event"):
        table, column = "", word  # an attribute's own name may hold a point
    event = {a.name: a for a in scope.tables.event_attributes}
    held = {a.name: a for a in scope.tables.object_attributes.get(scope.each, ())}
    if table in ("", "event") and column in event:
        reads.event[column] = event[column]
        return "e", event[column].type
    if table in ("", scope.each, "object") and column in held:
        reads.object[column] = held[column]
        return "o", held[column].type
    if table in ("", "event") and column in CORE:
        reads.core.add(column)
        return scope.core_alias, CORE[column]
    near = difflib.get_close_matches(column, [*event, *held, *CORE], n=1)
    reads.unknown[word] = near[0] if near else ""
    return None


def resolve_for_object(word: str, scope: Scope, reads: Reads) -> tuple[str, str] | None:
    """Where the name of an object's own attribute lives: on the object, or failing that on its events."""
    held = {a.name: a for a in scope.tables.object_attributes.get(scope.each, ())}
    for name in (word, word.removeprefix(f"{scope.each}.").removeprefix("object.")):
        if name in held:
            reads.object[name] = held[name]
            return "o", held[name].type
    return resolve(word, scope, reads)


def _column(node: exp.Column, scope: Scope, reads: Reads) -> exp.Expression:
    word = f"{node.table}.{node.name}" if node.table else node.name
    parameter = next((p for p in scope.parameters if p.name == word), None)
    if parameter is not None:
        return _parameter(parameter, scope, reads)
    return _resolved(word, scope, reads)


def _resolved(word: str, scope: Scope, reads: Reads) -> exp.Expression:
    local = _local(word, scope, reads) if word in GROUPS else None
    if local is not None:
        return local
    found = resolve(word, scope, reads)
    if found is None:
        return exp.Null()
    alias, kind = found
    bare = word.rpartition(".")[2] if word.rpartition(".")[0] in (scope.each, "object", "event") else word
    attribute = reads.event.get(bare) if alias == "e" else reads.object.get(bare) if alias == "o" else None
    column = exp.column(exp.to_identifier(attribute.column if attribute else bare, quoted=True), table=alias)
    column.meta["group"] = group_of(kind)
    return column


def _parameter(parameter: Parameter, scope: Scope, reads: Reads) -> exp.Expression:
    default = exp.Null() if parameter.default is None else cast(exp.Expression, exp.convert(parameter.default))
    if parameter.origin is None:
        return default
    found = _resolved(parameter.origin, scope, reads)
    if isinstance(found, exp.Null):
        return default
    return found if isinstance(default, exp.Null) else exp.Coalesce(this=found, expressions=[default])


def _local(word: str, scope: Scope, reads: Reads) -> exp.Expression | None:
    """A word of local time, unless the data have an attribute of that name or the object has no periods."""
    held = {a.name: a for a in scope.tables.object_attributes.get(scope.each, ())}
    if word in held or word in {a.name for a in scope.tables.event_attributes}:
        return None
    periods = "NULL"
    if word == "in_period":
        if "periods" not in held:
            return None
        reads.object["periods"] = held["periods"]
        periods = exp.column(exp.to_identifier(held["periods"].column, quoted=True), table="o").sql(dialect="duckdb")
    reads.core |= {"time", "recorded"}
    column = exp.column(word, table=scope.core_alias)
    column.meta["group"] = GROUPS[word]
    column.meta["stands_for"] = local_sql(word, scope.zone, scope.core_alias, periods)
    return column
