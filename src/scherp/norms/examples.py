"""Reads the examples of a norm: tiny histories with the verdicts they give.

Rule: an event is `[time, event, object]` or a mapping with more; a time is ISO 8601 text or null where it is unknown;
`gives` counts the verdicts that are not zero. Only the form is looked at here: judging runs them. Source: the plan of
the house, section 4.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from scherp.norms.cursor import Place, entries, fields, items, kind_of, one_or_more, text, whole
from scherp.norms.limits import zone
from scherp.norms.model import Example, ExampleEvent, Part
from scherp.norms.spelling import advice, shown

VERDICTS = ("met", "breached", "pending", "unknown", "not_applicable")

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_EVENT_KEYS = ("object", "objects", "actor", "recorded", "place", "attributes")
_LARGEST = Decimal(10) ** 12
Taken = tuple[tuple[str, str], Part]
"""An object's (id, type), and how it takes part."""


def examples(place: Place, each: str) -> tuple[Example, ...]:
    """The examples of one norm. each: the object type that its check judges."""
    return tuple(_example(item, each) for item in items(place, "'examples'"))


def moment(place: Place) -> str:
    """A date or a date and time, kept as it is written."""
    value = place.value
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return value
    place.refuse(f"{shown(value)} is not a date or a time", "Write it as 2026-01-31 or 2026-01-31T10:00:00+01:00")
    return ""


def _example(place: Place, each: str) -> Example:
    got = fields(place, "an example", ("says", "events", "gives"), ("as_of", "objects", "zone"))
    listed = got.maybe("events", lambda events: items(events, "'events'")) or []
    return Example(
        says=got.get("says", text, ""),
        events=tuple(_event(event, each) for event in listed),
        gives=got.get("gives", _gives, {}),
        as_of=got.maybe("as_of", moment),
        objects=got.get("objects", _objects, {}),
        zone=got.get("zone", zone, "UTC"),
    )


def _gives(place: Place) -> dict[str, int]:
    counts = {}
    for verdict, count in entries(place, "'gives'"):
        if verdict not in VERDICTS:
            count.refuse(f"{shown(verdict)} is not a verdict", advice(verdict, VERDICTS))
        counts[verdict] = whole(count, 1)
    return counts


def _objects(place: Place) -> dict[str, dict[str, Any]]:
    return {name: _attributes(values) for name, values in entries(place, "'objects'")}


def _attributes(place: Place) -> dict[str, Any]:
    return {name: value.value for name, value in entries(place, "a set of attributes")}


def _event(place: Place, each: str) -> ExampleEvent:
    if isinstance(place.value, list):
        return _short_event(place)
    if not isinstance(place.value, dict):
        place.refuse(f"an event is [time, event, object] or a mapping, not {kind_of(place.value)}")
        return ExampleEvent(None, "?", ())
    got = fields(place, "an event of an example", ("event",), ("time", *_EVENT_KEYS))
    if "time" not in place.value:
        place.refuse("an event of an example needs the key 'time'", "Write 'time: null' where it is unknown")
    taking = [*(got.maybe("object", _one) or ()), *(got.maybe("objects", _taking) or ())]
    if "object" in got and "objects" in got:
        got.at["object"].refuse("an event has 'object' or 'objects', not both")
    if not taking and each != "event" and "objects" not in got:
        place.refuse("an event of an example needs the key 'object' or 'objects'")
    return ExampleEvent(
        time=got.maybe("time", moment),
        event=got.get("event", text, "?"),
        objects=tuple(pair for pair, _ in taking),
        actor=got.maybe("actor", text),
        recorded=got.maybe("recorded", moment),
        place=got.maybe("place", text),
        attributes=got.get("attributes", _attributes, {}),
        parts=tuple(part for _, part in taking) if any(part != Part() for _, part in taking) else (),
    )


def _short_event(place: Place) -> ExampleEvent:
    if len(place.value) != 3:
        place.refuse(f"an event is [time, event, object], not a list of {len(place.value)}")
        return ExampleEvent(None, "?", ())
    when, event, taking = place.items()
    at = None if when.value is None else moment(when)
    return ExampleEvent(at, text(event), ((text(taking), ""),))


def _taking(place: Place) -> tuple[Taken, ...]:
    if not isinstance(place.value, list):
        place.refuse(f"'objects' is a list of objects, not {kind_of(place.value)}")
        return ()
    return one_or_more(place, _taker)


def _one(place: Place) -> tuple[Taken, ...]:
    return (((text(place), ""), Part()),)


def _taker(place: Place) -> Taken:
    if not isinstance(place.value, dict):
        return (text(place), ""), Part()
    got = fields(place, "an object", ("id", "type"), ("role", "quantity", "unit"))
    part = Part(got.get("role", text, ""), got.maybe("quantity", _quantity), got.maybe("unit", text))
    return (got.get("id", text, ""), got.get("type", text, "")), part


def _quantity(place: Place) -> Decimal:
    value = place.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        if abs(number) < _LARGEST:
            return round(number, 6)
    place.refuse(f"a quantity is a number below a million million, not {kind_of(value)}")
    return Decimal(0)
