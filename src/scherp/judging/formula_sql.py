"""A norm's formula as SQL over one store: names become columns, and no cast can stop a run.

Rule: a name is the event's attribute, else an attribute of the judged object, else a core column of the event; a name
that the store does not know is null, and the run says so. Two sides of different type are compared without a cast that
can fail: where it fails the comparison is null, a `where` that is null does not select and a `holds` that is null makes
the case `unknown`. Source: the engine's decisions 3 and 10.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from scherp.events.attributes import Attribute
from scherp.events.instants import parse_instant
from scherp.judging.relations import Tables
from scherp.norms.model import Formula, Parameter

CORE = {
    "time": "TIMESTAMP", "recorded": "TIMESTAMP", "actor": "VARCHAR", "place": "VARCHAR", "role": "VARCHAR",
    "quantity": "DECIMAL(18,6)", "unit": "VARCHAR", "event_id": "VARCHAR", "object_id": "VARCHAR",
}  # fmt: skip
KIND_FIELDS = ("action", "bizStep", "disposition")

Group = str  # number, text, moment, truth; "" for null


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


def formula_sql(formula: Formula, scope: Scope, reads: Reads) -> str:
    """The formula as DuckDB SQL; `reads` learns which columns it needs."""
    kinds: dict[int, Group] = {}
    tree = formula.tree.copy()
    tree = tree.transform(lambda node: _column(node, scope, reads, kinds) if isinstance(node, exp.Column) else node)
    return _agree(tree, kinds).sql(dialect="duckdb")


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


def _column(node: exp.Column, scope: Scope, reads: Reads, kinds: dict[int, Group]) -> exp.Expression:
    word = f"{node.table}.{node.name}" if node.table else node.name
    parameter = next((p for p in scope.parameters if p.name == word), None)
    if parameter is not None:
        return _parameter(parameter, scope, reads, kinds)
    return _resolved(word, scope, reads, kinds)


def _resolved(word: str, scope: Scope, reads: Reads, kinds: dict[int, Group]) -> exp.Expression:
    found = resolve(word, scope, reads)
    if found is None:
        return exp.Null()
    alias, kind = found
    bare = word.rpartition(".")[2] if word.rpartition(".")[0] in (scope.each, "object", "event") else word
    attribute = reads.event.get(bare) if alias == "e" else reads.object.get(bare) if alias == "o" else None
    column = exp.column(exp.to_identifier(attribute.column if attribute else bare, quoted=True), table=alias)
    kinds[id(column)] = _group(kind)
    column.meta["group"] = _group(kind)
    return column


def _parameter(parameter: Parameter, scope: Scope, reads: Reads, kinds: dict[int, Group]) -> exp.Expression:
    default: exp.Expression = exp.Null() if parameter.default is None else exp.convert(parameter.default)
    if parameter.origin is None:
        return default
    found = _resolved(parameter.origin, scope, reads, kinds)
    if isinstance(found, exp.Null):
        return default
    both = exp.Coalesce(this=found, expressions=[default]) if not isinstance(default, exp.Null) else found
    both.meta["group"] = found.meta.get("group", "")
    return both


def _group(kind: str) -> Group:
    if kind in ("TIMESTAMP", "DATE"):
        return "moment"
    if kind == "BOOLEAN":
        return "truth"
    return "text" if kind == "VARCHAR" else "number"


def _agree(tree: exp.Expression, kinds: dict[int, Group]) -> exp.Expression:
    """Make both sides of each comparison and each operand of arithmetic of one kind."""
    for node in list(tree.find_all(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)):
        left, right = _same_kind([node.left, node.right])
        node.set("this", left)
        node.set("expression", right)
    for node in list(tree.find_all(exp.Between)):
        this, low, high = _same_kind([node.this, node.args["low"], node.args["high"]])
        node.set("this", this)
        node.set("low", low)
        node.set("high", high)
    for node in list(tree.find_all(exp.In)):
        this, *members = _same_kind([node.this, *node.expressions])
        node.set("this", this)
        node.set("expressions", members)
    for node in list(tree.find_all(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)):
        for side in ("this", "expression"):
            operand = node.args[side]
            if _kind_of(operand) == "text":
                node.set(side, _try_cast(operand, "DECIMAL(38, 18)"))
    for node in list(tree.find_all(exp.Like, exp.Lower, exp.Upper, exp.Length, exp.Trim)):
        if _kind_of(node.this) not in ("text", ""):
            node.set("this", exp.cast(node.this.copy(), "VARCHAR"))
    return tree


def _same_kind(operands: list[exp.Expression]) -> list[exp.Expression]:
    groups = {_kind_of(operand) for operand in operands} - {""}
    if len(groups) < 2:
        return operands
    if groups == {"number", "text"} and all(_fits(o, _is_number) for o in operands):
        return [_try_cast(o, "DECIMAL(38, 18)") if _kind_of(o) == "text" else o for o in operands]
    if groups == {"moment", "text"} and all(_fits(o, _is_moment) for o in operands):
        return [_try_cast(o, "TIMESTAMP") if _kind_of(o) == "text" else o for o in operands]
    return [o if _kind_of(o) in ("text", "") else exp.cast(o.copy(), "VARCHAR") for o in operands]


def _fits(operand: exp.Expression, test: Callable[[str], bool]) -> bool:
    return test(operand.name) if isinstance(operand, exp.Literal) and operand.is_string else True


def _is_number(word: str) -> bool:
    try:
        return Decimal(word).is_finite()
    except InvalidOperation:
        return False


def _is_moment(word: str) -> bool:
    try:
        parse_instant(word, "UTC")
    except ValueError:
        return False
    return True


def _try_cast(operand: exp.Expression, kind: str) -> exp.Expression:
    return exp.TryCast(this=operand.copy(), to=exp.DataType.build(kind, dialect="duckdb"))


def _kind_of(node: exp.Expression) -> Group:
    """number, text, moment or truth, as far as the tree tells; "" for null."""
    if isinstance(node, exp.Column):
        return str(node.meta.get("group", "text"))
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    if isinstance(node, exp.Null):
        return ""
    if isinstance(node, exp.Paren):
        return _kind_of(node.this)
    if isinstance(node, exp.Cast):
        return _group(node.to.sql(dialect="duckdb").split("(")[0].replace("TEXT", "VARCHAR"))
    if isinstance(node, exp.Boolean | exp.Predicate | exp.Connector | exp.Not):
        return "truth"
    if isinstance(node, exp.Lower | exp.Upper | exp.Trim):
        return "text"
    if isinstance(node, exp.Binary | exp.Neg | exp.Abs | exp.Round | exp.Length):
        return "number"
    if isinstance(node, exp.Coalesce | exp.Nullif | exp.Least | exp.Greatest):
        return _kind_of(node.this) or next((_kind_of(e) for e in node.expressions if _kind_of(e)), "")
    if isinstance(node, exp.Case):
        return next((_kind_of(branch.args["true"]) for branch in node.args["ifs"]), "")
    return ""
