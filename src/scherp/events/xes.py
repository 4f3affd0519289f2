"""XES (IEEE 1849): traces of events in XML.

Rule: a trace is an object of type `case`, named by its concept:name, or by its position where it has none. An event's
concept:name, time:timestamp, org:resource and identity:id have fields of their own; other attributes keep their key.
Defaults in <global> describe a log and are not filled in: what a trace or event does not say is not known of it. Lists,
containers and attributes with attributes inside become JSON. Source: IEEE 1849-2016 and its standard extensions
(concept, time, organizational, identity).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from scherp.events.instants import parse_instant
from scherp.events.model import Event, Instant, Nested, Object, Reading, Record, Scalar, Taking
from scherp.events.ocel.collected import Collected
from scherp.events.ocel.values import typed
from scherp.events.xml_stream import local_name, root_name, stream_elements

CASE = "case"
_KINDS = {"string": "string", "id": "string", "date": "date", "int": "integer", "float": "float", "boolean": "boolean"}
_NESTING = frozenset({"list", "container"})
_NAME, _TIME, _RESOURCE, _ID = "concept:name", "time:timestamp", "org:resource", "identity:id"
_ZONE = "Write the offset, or state the zone of the source"
_JSON = msgspec.json.Encoder(order="sorted", decimal_format="number")


@dataclass(frozen=True)
class _Context:
    """What every part needs: the zone of times without an offset, and where faults go."""

    zone: str | None
    faults: Collected


def read_xes(path: Path, reading: Reading) -> Iterator[Record]:
    """The records of a log in XES, gzip or not: per trace its object, then its events; in order of the document.

    A trace without a name and without anything in it yields nothing. Events outside traces take part in no case.
    """
    context = _Context(reading.zone, Collected(reading.shown))
    with context.faults.until_the_end():
        _check_root(path, context.faults)
        traces = strays = 0
        for element in stream_elements(path, reading.shown, frozenset({"trace", "event"})):
            if local_name(element) == "trace":
                traces += 1
                found = _trace(context, element, traces)
            else:
                strays += 1
                found = [_event(context, element, f"event {strays} outside traces", [])]
            if not context.faults:
                yield from found


def _check_root(path: Path, faults: Collected) -> None:
    name, _ = root_name(path, faults.shown)
    if name != "log":
        faults.add("", f"the document element is {name!r}, XES has 'log'")
    faults.refuse_if_any()


def _trace(context: _Context, trace: etree._Element, position: int) -> list[Record]:
    """The case and its events. position: from 1."""
    where = f"trace {position}"
    events = [child for child in trace if local_name(child) == "event"]
    texts, attributes = _attributes(context, trace, where, frozenset({_NAME}))
    if not (events or attributes or texts.get(_NAME)):
        return []
    case = texts.get(_NAME) or f"trace {position}"
    takes_part = [Taking(case, CASE)]
    return [
        Object(case, CASE, attributes),
        *(_event(context, event, f"{where}, event {n}", list(takes_part)) for n, event in enumerate(events, 1)),
    ]


def _event(context: _Context, event: etree._Element, where: str, takes_part: list[Taking]) -> Event:
    texts, attributes = _attributes(context, event, where, frozenset({_NAME, _TIME, _RESOURCE, _ID}))
    return Event(
        type=texts.get(_NAME) or None,
        time=_instant(context, where, texts.get(_TIME, "")),
        takes_part=takes_part,
        event_id=texts.get(_ID) or None,
        actor=texts.get(_RESOURCE) or None,
        attributes=attributes,
    )


def _instant(context: _Context, where: str, text: str) -> Instant | None:
    """None where the time is absent or empty; one that cannot be read is a fault."""
    if not text.strip():
        return None
    try:
        return parse_instant(text, context.zone)
    except ValueError as error:
        context.faults.add(f"{where}, {_TIME}", str(error), _ZONE if "no offset" in str(error) else "")
        return None


def _attributes(
    context: _Context, parent: etree._Element, where: str, own: frozenset[str]
) -> tuple[dict[str, str], dict[str, Scalar | Nested]]:
    """(the keys in `own` as text, all others by key with their typed values) of a trace or event.

    An empty value of another type than string is no value. A key may be repeated only with the same value. An own key
    with attributes inside is in both, for what is inside is said nowhere else.
    """
    texts: dict[str, str] = {}
    found: dict[str, Scalar | Nested] = {}
    for child in parent:
        key = child.get("key")
        if local_name(child) == "event":
            continue
        if key is None:
            context.faults.add(where, f"<{local_name(child)}> has no key")
            continue
        text = child.get("value", "")
        if key in own and texts.setdefault(key, text) != text:
            context.faults.add(f"{where}, {key}", "the attribute has two values")
        if key in own and not len(child):
            continue
        value = _value(context, child, f"{where}, {key}")
        if found.setdefault(key, value) != value:
            context.faults.add(f"{where}, {key}", "the attribute has two values")
    return texts, {key: value for key, value in found.items() if value is not None}


def _value(context: _Context, element: etree._Element, where: str) -> Scalar | Nested:
    """The value of an attribute; with anything inside it is JSON."""
    if local_name(element) in _NESTING or len(element):
        return Nested(_JSON.encode(_plain(context, element, where)).decode())
    return _scalar(context, element, where)


def _scalar(context: _Context, element: etree._Element, where: str) -> Scalar:
    kind, text = local_name(element), element.get("value")
    if kind not in _KINDS:
        context.faults.add(where, f"<{kind}> is not a type of attribute")
        return None
    if text is None:
        context.faults.add(where, "the attribute has no value")
        return None
    try:
        return typed(text, _KINDS[kind], context.zone)
    except ValueError as error:
        context.faults.add(where, f"it is not of type {kind}: {error}", _ZONE if "no offset" in str(error) else "")
        return None


def _plain(context: _Context, element: etree._Element, where: str) -> Any:
    """An attribute as JSON.

    A list is a list of {key, value}, for its keys may repeat; a container a map; a value with attributes inside is
    {value, attributes}.
    """
    kind = local_name(element)
    if kind == "list":
        holders = [child for child in element if local_name(child) == "values"] or [element]
        items = [child for holder in holders for child in holder]
        return [{"key": item.get("key"), "value": _plain(context, item, where)} for item in items]
    inside: dict[str, Any] = {}
    for child in element:
        key = child.get("key")
        value = _plain(context, child, where)
        if key is None or inside.setdefault(key, value) != value:
            context.faults.add(where, f"<{local_name(child)}> inside has no key, or one that occurs twice")
    if kind == "container":
        return inside
    value = _scalar(context, element, where)
    return {"value": value, "attributes": inside} if inside else value
