"""Types in a formula: the two sides of each operation are made of one kind, so that no value can stop a run.

Rule: what cannot be read as what an operation asks for is null. Numbers are compared exactly; a text that stands where a
number or a moment is asked is tried as one. A text literal that is no number (or no moment) makes the comparison one of
texts, as it would be in a store whose column is text. A number and a moment do not compare; where a choice (coalesce,
case) mixes kinds its values are texts. Sums hold 19 digits
before the point and 18 behind it, products take factors of 13 and 6, quotients are rounded to 12 behind it; what does not
fit, and a division by zero, is null. Source: the engine's decision 10; decision 4 (floats never decide a verdict).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from scherp.events.instants import parse_instant

Group = str
"""number, text, moment or truth; "" for null."""

_SAFE_DIGITS = 18  # of a literal before and behind the point: every column's type meets it without loss
_SUM, _QUOTIENT, _EXACT = "DECIMAL(37, 18)", "DECIMAL(38, 12)", "DECIMAL(38, 18)"
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_CHOICES = (exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest)
_TRUTHS = (
    *(*_COMPARISONS, exp.Boolean, exp.And, exp.Or, exp.Not, exp.In, exp.Between, exp.Is, exp.Like),
    *(exp.StartsWith, exp.Contains, exp.EndsWith),
)
_ON_TEXT = (exp.Like, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.StartsWith, exp.Contains, exp.EndsWith)


def group_of(kind: str) -> Group:
    """The group of an SQL type."""
    if kind.startswith(("TIMESTAMP", "DATE")):
        return "moment"
    if kind == "BOOLEAN":
        return "truth"
    return "text" if kind in ("VARCHAR", "TEXT") else "number"


def fitted(tree: exp.Expression) -> exp.Expression:
    """The formula as one that gives true, false or null on any data. Columns carry their group as `meta["group"]`."""
    return _truth(_fit(tree))


def _fit(node: exp.Expression) -> exp.Expression:
    """The node with all below it fitted, from the leaves up."""
    for key, part in list(node.args.items()):
        if isinstance(part, exp.Expression) and not isinstance(part, exp.DataType | exp.Identifier):
            node.set(key, _fit(part))
        elif isinstance(part, list):
            node.set(key, [_fit(item) if isinstance(item, exp.Expression) else item for item in part])
    return _by_class(node)


def _by_class(node: exp.Expression) -> exp.Expression:
    rules: list[
        tuple[type[exp.Expression] | tuple[type[exp.Expression], ...], Callable[[exp.Expression], exp.Expression]]
    ]
    rules = [
        (_COMPARISONS, _comparison),
        (exp.Between, _between),
        (exp.In, _in),
        ((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), _arithmetic),
        ((exp.Neg, exp.Abs), _unary),
        (exp.Round, _round),
        (_ON_TEXT, _on_text),
        ((exp.And, exp.Or, exp.Not), _connector),
        (exp.Case, _case),
        (_CHOICES, _choice),
        (exp.Cast, _cast),
    ]
    for classes, rule in rules:
        if isinstance(node, classes):
            return rule(node)
    return node


def _comparison(node: exp.Expression) -> exp.Expression:
    left, right = _comparable([node.args["this"], node.args["expression"]])
    node.set("this", left)
    node.set("expression", right)
    return node


def _between(node: exp.Expression) -> exp.Expression:
    this, low, high = _comparable([node.args["this"], node.args["low"], node.args["high"]])
    node.set("this", this)
    node.set("low", low)
    node.set("high", high)
    return node


def _in(node: exp.Expression) -> exp.Expression:
    """Each member meets the left side on its own terms."""
    this, members = node.args["this"], node.expressions
    if len({_kind_of(operand) for operand in [this, *members]} - {""}) < 2:
        this, *members = _comparable([this, *members])
        return exp.In(this=this, expressions=members)
    equals = [_comparison(exp.EQ(this=this.copy(), expression=member)) for member in members]
    return exp.paren(exp.or_(*equals))


def _arithmetic(node: exp.Expression) -> exp.Expression:
    left, right = node.args["this"], node.args["expression"]
    if isinstance(node, exp.Div):
        both = exp.Div(this=_double(left), expression=_not_zero(_double(right)), typed=False, safe=False)
        return _try_cast(exp.paren(both), _QUOTIENT)
    if isinstance(node, exp.Mul):
        return exp.paren(exp.Mul(this=_factor(left), expression=_factor(right)))
    left, right = _number(left, _SUM), _number(right, _SUM)
    if isinstance(node, exp.Mod):
        right = _not_zero(right)
    return exp.paren(type(node)(this=left, expression=right))


def _unary(node: exp.Expression) -> exp.Expression:
    node.set("this", exp.paren(_number(node.args["this"], _SUM)))
    return node


def _round(node: exp.Expression) -> exp.Expression:
    places = node.args.get("decimals")
    sign = -1 if isinstance(places, exp.Neg) else 1
    literal = places.find(exp.Literal) if places is not None else None
    count = 0 if places is None else sign * int(literal.name) if literal is not None and literal.is_int else None
    plain = places is None or literal is places or (isinstance(places, exp.Neg) and literal is not None)
    if count is None or not plain or not -18 <= count <= 18:
        return _try_cast(exp.Null(), _SUM)  # places that are not known before the data are
    node.set("this", _number(node.args["this"], "DECIMAL(36, 18)"))
    node.set("decimals", exp.convert(count))
    return node


def _on_text(node: exp.Expression) -> exp.Expression:
    for side in ("this", "expression"):
        if side in node.args and node.args[side] is not None:
            node.set(side, _as_text(node.args[side]))
    return node


def _connector(node: exp.Expression) -> exp.Expression:
    for side in ("this", "expression"):
        if node.args.get(side) is not None:
            node.set(side, _truth(node.args[side]))
    return node


def _case(node: exp.Expression) -> exp.Expression:
    this = node.args.get("this")
    branches = node.args["ifs"]
    for branch in branches:
        test = branch.args["this"]
        if this is not None:
            test = _comparison(exp.EQ(this=this.copy(), expression=test))
        branch.set("this", _truth(test))
    node.set("this", None)
    default = node.args.get("default")
    results = [branch.args["true"] for branch in branches] + ([default] if default is not None else [])
    results = _alike(results)
    for branch, result in zip(branches, results, strict=False):
        branch.set("true", result)
    if default is not None:
        node.set("default", results[-1])
    return node


def _choice(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Nullif):
        first, second = _alike([node.args["this"], node.args["expression"]])
        node.set("this", first)
        node.set("expression", second)
        return node
    first, *others = _alike([node.args["this"], *node.expressions])
    node.set("this", first)
    node.set("expressions", others)
    return node


def _cast(node: exp.Expression) -> exp.Expression:
    """Kinds between which an engine knows no cast go through text."""
    held, asked = _kind_of(node.args["this"]), group_of(node.args["to"].sql(dialect="duckdb"))
    if held not in ("", "text", asked) and asked != "text" and (held, asked) != ("truth", "number"):
        node.set("this", _as_text(node.args["this"]))
    return node


def _comparable(operands: list[exp.Expression]) -> list[exp.Expression]:
    """The operands of a comparison in one kind; null where one of them cannot be read as that."""
    groups = {_kind_of(operand) for operand in operands} - {""}
    asked = next((group for group in ("moment", "number", "truth") if group in groups), "text")
    if len(groups - {"text"}) == 1 and not all(_fits(operand, asked) for operand in operands):
        asked = "text"
    if asked == "number":
        return [operand if _is_safe(operand) else _number(operand, _EXACT) for operand in operands]
    if asked == "text":
        return _alike(operands)
    kind = "TIMESTAMP" if asked == "moment" else "BOOLEAN"
    return [operand if _kind_of(operand) in (asked, "") else _try_cast(_as_text(operand), kind) for operand in operands]


def _alike(operands: list[exp.Expression]) -> list[exp.Expression]:
    """The operands of a choice in one kind: texts, where they differ."""
    groups = {_kind_of(operand) for operand in operands} - {""}
    if groups == {"number"}:
        return [operand if _is_safe(operand) else _number(operand, _EXACT) for operand in operands]
    return [_as_text(operand) for operand in operands] if len(groups) > 1 else operands


def _is_safe(operand: exp.Expression) -> bool:
    """Does every engine compare it with any column of numbers without a cast that can fail?"""
    if isinstance(operand, exp.Neg):
        return _is_safe(operand.this)
    if isinstance(operand, exp.Literal) and not operand.is_string:
        whole, _, behind = operand.name.partition(".")
        return len(whole) <= _SAFE_DIGITS and len(behind) <= _SAFE_DIGITS
    return isinstance(operand, exp.Null) or (isinstance(operand, exp.Column) and _kind_of(operand) == "number")


def _number(operand: exp.Expression, kind: str) -> exp.Expression:
    if _kind_of(operand) not in ("number", ""):
        operand = _as_text(operand)
    return _try_cast(operand, kind)


def _factor(operand: exp.Expression) -> exp.Expression:
    places = 6
    if isinstance(operand, exp.Literal) and not operand.is_string:
        places = min(max(places, len(operand.name.partition(".")[2])), 13)
    return _number(operand, f"DECIMAL(19, {places})")


def _double(operand: exp.Expression) -> exp.Expression:
    return _number(_number(operand, _EXACT), "DOUBLE")


def _not_zero(operand: exp.Expression) -> exp.Expression:
    return exp.Nullif(this=operand, expression=exp.Literal.number(0))


def _truth(operand: exp.Expression) -> exp.Expression:
    if _kind_of(operand) == "truth":
        return operand
    return _try_cast(_as_text(operand), "BOOLEAN")


def _as_text(operand: exp.Expression) -> exp.Expression:
    return operand if _kind_of(operand) == "text" else exp.cast(operand.copy(), "VARCHAR")


def _try_cast(operand: exp.Expression, kind: str) -> exp.Expression:
    return exp.TryCast(this=operand.copy(), to=exp.DataType.build(kind, dialect="duckdb"), safe=True)


def _fits(operand: exp.Expression, asked: Group) -> bool:
    """Is it no text literal, or one that can be read as what is asked?"""
    if not (isinstance(operand, exp.Literal) and operand.is_string):
        return True
    try:
        if asked == "number":
            return Decimal(operand.name).is_finite()
        if asked == "moment":
            parse_instant(operand.name, "UTC")
    except (InvalidOperation, ValueError):
        return False
    return asked != "truth" or operand.name.lower() in ("true", "false")


def _kind_of(node: exp.Expression) -> Group:
    """The group of what a node gives, as far as the tree tells."""
    if isinstance(node, exp.Column):
        return str(node.meta.get("group", "text"))
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "number"
    if isinstance(node, exp.Cast):
        return group_of(node.to.sql(dialect="duckdb"))
    if isinstance(node, (exp.Case, *_CHOICES)):
        return next(filter(None, map(_kind_of, _chosen_from(node))), "")
    if isinstance(node, exp.Paren | exp.Null):
        return _kind_of(node.this) if isinstance(node, exp.Paren) else ""
    return (
        "text"
        if isinstance(node, exp.Lower | exp.Upper | exp.Trim)
        else "truth"
        if isinstance(node, _TRUTHS)
        else "number"
    )


def _chosen_from(node: exp.Expression) -> list[exp.Expression]:
    """The expressions of which a choice gives one."""
    if not isinstance(node, exp.Case):
        return [node.this, *node.expressions]
    default = node.args.get("default")
    return [*(branch.args["true"] for branch in node.args["ifs"]), *([] if default is None else [default])]
