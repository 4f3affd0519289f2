"""Which events a norm means, and the conditions on them.

Rule: a selector is a type of event (or a word of the framework's vocabulary), a mapping of `event` and `where`, or a
list of those, of which any will do. Source: the plan of the house, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as data_fields
from dataclasses import is_dataclass
from typing import Any, TypeVar

from sqlglot import exp

from scherp.norms.cursor import Fields, Place, fields, kind_of, one_or_more, text
from scherp.norms.formulas import parse_formula
from scherp.norms.model import Formula, Pick, Selector

T = TypeVar("T")

STAND_IN = Selector((Pick("?"),))
NO_FORMULA = Formula("true", exp.true())


def selector(place: Place) -> Selector:
    """The events that are meant; never empty."""
    return Selector(one_or_more(place, _pick) or STAND_IN.picks)


def formula(place: Place) -> Formula:
    """A condition over attributes."""
    if not isinstance(place.value, str):
        place.refuse(f"a formula is a text, not {kind_of(place.value)}", "Write it in quotes")
        return NO_FORMULA
    try:
        return parse_formula(place.value)
    except ValueError as error:
        place.refuse(str(error))
        return NO_FORMULA


def both(first: Formula | None, second: Formula) -> Formula:
    """The formula that holds where both hold."""
    if first is None:
        return second
    tree = exp.And(this=exp.paren(first.tree), expression=exp.paren(second.tree))
    return Formula(f"({first.text}) and ({second.text})", tree)


def narrowed(events: Selector, where: Formula | None) -> Selector:
    """The selector with `where` and-ed onto each of its picks."""
    if where is None:
        return events
    return Selector(tuple(Pick(pick.event, both(pick.where, where)) for pick in events.picks))


def parts(whole: Any, kind: type[T]) -> Iterator[T]:
    """Every value of a class in a tree of data classes and tuples, such as all the formulas of a check."""
    if isinstance(whole, kind):
        yield whole
    if isinstance(whole, tuple):
        for item in whole:
            yield from parts(item, kind)
    elif is_dataclass(whole) and not isinstance(whole, Formula):
        for part in data_fields(whole):
            yield from parts(getattr(whole, part.name), kind)


def _pick(place: Place) -> Pick:
    if isinstance(place.value, dict):
        got: Fields = fields(place, "a selector", ("event",), ("where",))
        return Pick(got.get("event", text, "?"), got.maybe("where", formula))
    if isinstance(place.value, list):
        place.refuse("a list of events holds no other list")
        return Pick("?")
    return Pick(text(place))
