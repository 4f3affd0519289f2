"""What a formula's tree may hold.

Rule: every node is of a class in the list below, and has none but the parts that stand beside it; `in` takes literals
only, a comparison with null is refused because it is never true, a date is checked when the norm is read and not when
it is judged, and the whole, like every operand of and, or and not, looks like a boolean. Source: the engine's decision
10; SQL's three-valued logic for the nulls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlglot import exp
from sqlglot.expressions import Expression

FUNCTIONS = (
    *("lower", "upper", "trim", "length", "abs", "round", "coalesce", "nullif", "least", "greatest"),
    *("starts_with", "contains", "ends_with"),
)
DEEPEST = 40

_TWO = frozenset({"this", "expression"})
_ONE = frozenset({"this"})
_MANY = frozenset({"this", "expressions"})
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_TESTS = (*_COMPARISONS, exp.In, exp.Between, exp.Is, exp.Like, exp.StartsWith, exp.Contains, exp.EndsWith)
_ALLOWED: dict[type[Expression], frozenset[str]] = {
    **dict.fromkeys((*_COMPARISONS, exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Is), _TWO),
    **dict.fromkeys((exp.StartsWith, exp.Contains, exp.EndsWith, exp.Nullif), _TWO),
    **dict.fromkeys((exp.Not, exp.Neg, exp.Paren, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Abs), _ONE),
    **dict.fromkeys((exp.Boolean, exp.DataTypeParam), _ONE),
    exp.Div: _TWO | {"typed", "safe"},
    exp.Like: _TWO | {"negate"},
    exp.In: _MANY,
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Coalesce: _MANY,
    exp.Least: _MANY | {"ignore_nulls"},
    exp.Greatest: _MANY | {"ignore_nulls"},
    exp.Round: _ONE | {"decimals"},
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.If: frozenset({"this", "true"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.TryCast: frozenset({"this", "to", "safe"}),
    exp.DataType: _MANY,
    exp.Literal: _ONE | {"is_string"},
    exp.Null: frozenset(),
    exp.Column: _ONE | {"table"},
    exp.Identifier: _ONE | {"quoted"},
}
_NAMED: dict[type[Expression], str] = {
    exp.Star: "a star",
    exp.Subquery: "a subquery",
    exp.Select: "a subquery",
    exp.Alias: "a word behind an expression that is complete",
    exp.Tuple: "a row of values",
    exp.Concat: "a text right behind a text",
    exp.Dot: "a name with more than one dot",
    exp.Collate: "collate",
}
_TYPES = {
    *(exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR, exp.DataType.Type.INT, exp.DataType.Type.BIGINT),
    *(exp.DataType.Type.DECIMAL, exp.DataType.Type.DOUBLE, exp.DataType.Type.DATE, exp.DataType.Type.BOOLEAN),
    *(exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ),
}
_DATES = {exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ}
_NUMBER = re.compile(r"[0-9]+\.?[0-9]*")
_DIGITS = 38  # a DECIMAL has no more
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?")


def tree_faults(tree: Expression) -> list[str]:
    """All that a parsed formula may not be, as sentences in the order of the tree."""
    faults: list[str] = []
    for node, depth in _with_depth(tree):
        if depth > DEEPEST:
            return [*faults, f"the formula is nested deeper than {DEEPEST} levels"]
        faults += _node_faults(node)
    if not faults and not _boolean(tree):
        faults.append("the formula is not a condition: it gives a value, not true or false")
    return faults


def safe_casts(tree: Expression) -> Expression:
    """The tree with `try_cast` for every `cast`: a value that cannot be cast is null, and ends no run."""
    tree = tree.copy()
    for node in reversed(list(tree.find_all(exp.Cast))):  # the innermost first
        if type(node) is exp.Cast:
            safe = exp.TryCast(this=node.this, to=node.args["to"], safe=True)
            tree = safe if node is tree else tree
            node.replace(safe)
    return tree


def _with_depth(tree: Expression) -> Iterator[tuple[Expression, int]]:
    """Every node with its depth; a chain of `and` or of `or` is one level, for it is a list to a reader."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        for child in reversed(list(node.iter_expressions())):
            flat = type(child) is type(node) and isinstance(node, exp.And | exp.Or)
            waiting.append((child, depth if flat else depth + 1))


def _node_faults(node: Expression) -> list[str]:
    allowed = _ALLOWED.get(type(node))
    if allowed is None or (type(node) is exp.If and not isinstance(node.parent, exp.Case)):
        return [f"{_name(node)} is not allowed in a formula"]
    extra = [key for key, part in node.args.items() if part and key not in allowed]
    if extra and isinstance(node, exp.Column):
        return ["a name with more than one dot is not allowed in a formula"]
    if extra:
        return [f"{_name(node)} has a part that is not allowed in a formula"]
    return _special_faults(node)


def _special_faults(node: Expression) -> list[str]:
    """What is wrong with a node of an allowed class and with allowed parts."""
    fault = ""
    if isinstance(node, exp.And | exp.Or | exp.Not) and not all(map(_boolean, node.iter_expressions())):
        fault = "'and', 'or' and 'not' take conditions only"
    elif isinstance(node, exp.If) and not (node.parent and node.parent.this) and not _boolean(node.this):
        fault = "'when' takes a condition"
    elif isinstance(node, (*_COMPARISONS, exp.Between, exp.Like)) and any(map(_is_null, node.iter_expressions())):
        fault = "a comparison with null is never true, write 'is null' or 'is not null'"
    elif isinstance(node, _COMPARISONS) and any(isinstance(part, _COMPARISONS) for part in node.iter_expressions()):
        fault = "a comparison of a comparison is not allowed, write 'a < b and b < c' or brackets"
    elif isinstance(node, exp.Is) and not _is_null(node.expression):
        fault = "'is' is followed by 'null' or 'not null'"
    elif isinstance(node, exp.In) and not (node.expressions and all(map(_literal, node.expressions))):
        fault = "the list behind 'in' holds one or more literals only, and no null"
    elif isinstance(node, exp.Literal) and not node.is_string and not _plain_number(node.name):
        fault = f"a number is written in digits, at most {_DIGITS} of them, without an exponent"
    elif isinstance(node, exp.Cast):
        fault = _cast_fault(node)
    return [fault] if fault else []


def _is_null(node: Expression) -> bool:
    return isinstance(node.unnest(), exp.Null)


def _plain_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and sum(map(str.isdigit, text)) <= _DIGITS


def _literal(node: Expression) -> bool:
    if isinstance(node, exp.Neg):
        return isinstance(node.this, exp.Literal) and not node.this.is_string
    if isinstance(node, exp.Cast):
        return isinstance(node.this, exp.Literal)
    return isinstance(node, exp.Literal | exp.Boolean)


def _cast_fault(node: exp.Cast) -> str:
    to = node.to
    if to.this not in _TYPES:
        return "a cast is to text, integer, bigint, decimal, double, date, timestamp or boolean"
    if to.this is exp.DataType.Type.DECIMAL:
        return _decimal_fault([size.name for size in to.expressions])
    if to.expressions:
        return "only a decimal has a size"
    if to.this in _DATES and isinstance(node.this, exp.Literal) and not _is_moment(node.this.name):
        return "a date in a formula is written as '2026-01-31', a moment as '2026-01-31 10:00:00' in UTC"
    return ""


def _decimal_fault(written: list[str]) -> str:
    sizes = [int(size) if size.isdecimal() and len(size) < 3 else -1 for size in written]
    digits, places = (*sizes, 0, 0)[:2]
    if 1 <= digits <= _DIGITS and 0 <= places <= digits and len(sizes) <= 2:
        return ""
    return "a decimal has 1 to 38 digits, of which no more than all stand behind the point"


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _MOMENT.fullmatch(text) is not None


def _boolean(node: Expression) -> bool:
    """Whether a node may give true or false. An attribute may; what it holds is known only when data are there."""
    if isinstance(node, exp.Paren | exp.Nullif):
        return _boolean(node.this)
    if isinstance(node, exp.Case):
        results = [branch.args.get("true") for branch in node.args["ifs"]] + [node.args.get("default")]
        return all(result is None or _boolean_or_null(result) for result in results)
    if isinstance(node, exp.Coalesce | exp.Least | exp.Greatest):
        return all(map(_boolean_or_null, node.iter_expressions()))
    if isinstance(node, exp.Cast):
        return node.to.this is exp.DataType.Type.BOOLEAN
    return isinstance(node, (*_TESTS, exp.And, exp.Or, exp.Not, exp.Boolean, exp.Column))


def _boolean_or_null(node: Expression) -> bool:
    return isinstance(node, exp.Null) or _boolean(node)


def _name(node: Expression) -> str:
    if type(node) in _NAMED:
        return _NAMED[type(node)]
    if isinstance(node, exp.Anonymous):
        return f"'{node.name[:60]}'"
    return f"'{re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', type(node).__name__).lower()}'"
