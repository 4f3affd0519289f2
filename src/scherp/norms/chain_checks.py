"""Reads the checks of a closed chain: level, agreement, conservation, lineage and custody.

Rule: as for the other kinds, what cannot be meant is refused here: a level without a bound, two sides that are the same
events, an amount without a number, a limit in days of a calendar where hours are counted. Source: the plan of the
house, section 4; the engine's decisions 3 and 12.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from scherp.norms.cursor import Fields, Place, fields, items, kind_of, one_or_more, text
from scherp.norms.limits import duration
from scherp.norms.model import (
    Agreement,
    Conservation,
    Custody,
    Duration,
    Level,
    Lineage,
    Measure,
    Selector,
    Term,
    Tolerance,
)
from scherp.norms.selectors import STAND_IN, formula, selector
from scherp.norms.spelling import shown
from scherp.norms.terms import unit_fault

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOLERANCE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(%?)")
_NO_TOLERANCE = Tolerance(Decimal(0))
_LARGEST = Decimal(10) ** 12


def level(place: Place) -> Level:
    """The level of a key stays between its bounds."""
    bounds = ("never_below", "never_above")
    got = fields(place, "a level", ("each", "key", "adds", "removes"), ("measure", *bounds, "complete_within"))
    if isinstance(place.value, dict) and not any(bound in place.value for bound in bounds):
        place.refuse("a level needs the key 'never_below' or 'never_above'")
    adds, removes = _select(got, "adds"), _select(got, "removes")
    _differ(got, "removes", adds, removes, "what adds and what removes are the same events")
    return Level(
        each=_each(got),
        key=got.get("key", text, "place"),
        adds=adds,
        removes=removes,
        measure=got.get("measure", text, "count"),
        never_below=got.maybe("never_below", _bound),
        never_above=got.maybe("never_above", _bound),
        complete_within=_complete(got),
    )


def agreement(place: Place) -> Agreement:
    """What two sides name is the same."""
    got = fields(place, "an agreement", ("each", "between", "on"), ("within", "complete_within"))
    listed = got.maybe("between", lambda pair: items(pair, "'between'")) or []
    sides = [selector(side) for side in listed]
    if "between" in got and isinstance(got.at["between"].value, list) and len(sides) != 2:
        got.at["between"].refuse(f"'between' holds two selectors, not {len(sides)}", "A side may itself be a list")
    first, second = (*sides, STAND_IN, STAND_IN)[:2]
    if len(sides) == 2:
        _differ(got, "between", first, second, "the two sides of an agreement are the same")
    within = got.maybe("within", _hours)
    return Agreement(
        each=_each(got),
        between=(first, second),
        on=_object_type(got, "on"),
        within=None if within is None else Term(within),
        complete_within=_complete(got),
    )


def conservation(place: Place) -> Conservation:
    """What goes in comes out, or is accounted for as lost."""
    need = ("each", "event", "inputs", "outputs", "tolerance")
    got = fields(place, "a conservation", need, ("losses", "gain"))
    if "each" in got and got.get("each", text, "event") not in ("event", ""):
        got.at["each"].refuse("a conservation judges events", "Write 'each: event'")
    tolerance = got.get("tolerance", _tolerance, _NO_TOLERANCE)
    return Conservation(
        each="event",
        event=_select(got, "event"),
        inputs=got.get("inputs", _measures("input"), ()),
        outputs=got.get("outputs", _measures("output"), ()),
        losses=got.get("losses", _measures(None), ()),
        tolerance=tolerance,
        gain=got.get("gain", _tolerance, tolerance),
    )


def lineage(place: Place) -> Lineage:
    """Every object comes, by an unbroken line, from an origin."""
    need = ("each", "made_by", "through", "reaches")
    got = fields(place, "a lineage", need, ("where", "complete_within"))
    return Lineage(
        each=_each(got),
        made_by=_select(got, "made_by"),
        through=_select(got, "through"),
        reaches=_select(got, "reaches"),
        where=got.maybe("where", formula),
        complete_within=_complete(got),
    )


def custody(place: Place) -> Custody:
    """Every item has one holder at a time, and nothing happens to it after its end."""
    need, may = ("each", "creates", "leaves", "arrives", "ends"), ("undoes", "refuses", "lost", "seen")
    got = fields(place, "a custody", need, (*may, "complete_within"))
    made = Custody(
        each=_each(got),
        creates=_select(got, "creates"),
        leaves=_select(got, "leaves"),
        arrives=_select(got, "arrives"),
        ends=_select(got, "ends"),
        undoes=got.maybe("undoes", selector),
        refuses=got.maybe("refuses", selector),
        lost=got.maybe("lost", selector),
        seen=got.maybe("seen", selector),
        complete_within=_complete(got),
    )
    told: dict[Selector, str] = {}
    for key in (*need[1:], *may):
        meant: Selector | None = getattr(made, key)
        if meant is None or STAND_IN.picks[0] in meant.picks:
            continue
        if meant in told:
            got.at[key].refuse(f"'{key}' and '{told[meant]}' are the same events", "Name another act")
        told.setdefault(meant, key)
    return made


def _each(got: Fields) -> str:
    each = got.get("each", text, "?")
    if each == "event":
        got.at["each"].refuse(
            "'each: event' belongs to a condition or a conservation only", "Write the type of the objects judged"
        )
    return each


def _object_type(got: Fields, key: str) -> str:
    word = got.get(key, text, "?")
    if word == "event":
        got.at[key].refuse(f"'{key}' names a type of object, and 'event' is none")
    return word


def _select(got: Fields, key: str) -> Selector:
    return got.get(key, selector, STAND_IN)


def _differ(got: Fields, key: str, one: Selector, other: Selector, what: str) -> None:
    if set(one.picks) == set(other.picks) and one != STAND_IN:
        got.at[key].refuse(what, "Name two different acts")


def _complete(got: Fields) -> Duration | None:
    return got.maybe("complete_within", _hours)


def _hours(place: Place) -> Duration:
    """A length of time of fixed length: seconds to weeks."""
    length = duration(place)
    if unit_fault(length, None) is not None:
        place.refuse(
            f"'{length}' differs in length, and this limit has no calendar", "Write it in hours, days or weeks"
        )
    return length


def _bound(place: Place) -> Decimal | str:
    """A number, or the name of a parameter."""
    value = place.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _number(place, Decimal(value))
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    remedy = "A parameter's name has letters, digits and underscores"
    place.refuse(f"a bound is a number or the name of a parameter, not {kind_of(value)}", remedy)
    return Decimal(0)


def _number(place: Place, number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) >= _LARGEST or number != round(number, 6):
        place.refuse(
            f"{kind_of(place.value)} is out of range", "It has at most 12 digits before the point and 6 behind it"
        )
        return Decimal(0)
    return number


def _tolerance(place: Place) -> Tolerance:
    """`5 %` of the inputs, or `10` in the unit that is measured."""
    value = place.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if value < 0:
            place.refuse("a tolerance is not below zero")
            return _NO_TOLERANCE
        return Tolerance(_number(place, Decimal(value)))
    written = _TOLERANCE.fullmatch(value.strip()) if isinstance(value, str) else None
    if written is None:
        what = shown(value) if isinstance(value, str) else kind_of(value)
        place.refuse(f"{what} is not a tolerance", "Write a percentage of the inputs, '5 %', or an amount, 10")
        return _NO_TOLERANCE
    return Tolerance(Decimal(written[1]), percent=bool(written[2]))


def _measures(role: str | None) -> Callable[[Place], tuple[Measure, ...]]:
    """The reader of one measure or several; role: the one that is meant where none is written."""
    return lambda place: one_or_more(place, lambda one: _measure(one, role))


def _measure(place: Place, role: str | None) -> Measure:
    before = len(place.page.faults)
    got = fields(place, "a measure", ("measure",), ("objects", "role"))
    if len(place.page.faults) > before:
        return Measure("count")
    measure = got.get("measure", text, "count")
    if "objects" not in got:
        if measure in ("count", "quantity"):
            place.refuse(
                f"a measure of '{measure}' needs the key 'objects'", "Write the type of objects that is counted"
            )
        if "role" in got:
            got.at["role"].refuse("'role' has no meaning without 'objects'", "Name the objects, or leave this out")
        return Measure(measure)
    roles = got.maybe("role", lambda at: one_or_more(at, text))
    return Measure(measure, _object_type(got, "objects"), roles or (() if role is None else (role,)))
