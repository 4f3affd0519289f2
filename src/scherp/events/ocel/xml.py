"""OCEL 2.0 in XML.

Rule: the document is read twice, as in JSON: first the declared types and the type of every object, then the records,
one element at a time. A relationship's qualifier is its `qualifier`, in the standard's own example `relationship`.
Source: the XML page of the OCEL 2.0 standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from scherp.events.model import Reading, Record
from scherp.events.ocel.collected import Collected
from scherp.events.ocel.mapping import Log, Part, Told, declare, event_record, know_object, object_records
from scherp.events.xml_stream import local_name, root_name, stream_elements

_TYPES = frozenset({"event-type", "object-type"})
_PARTS = frozenset({"event", "object"})


def read_ocel_xml(path: Path, reading: Reading) -> Iterator[Record]:
    """The records of an OCEL 2.0 log in XML, gzip or not, in the order of the document."""
    log = Log(reading.zone, Collected(reading.shown))
    with log.faults.until_the_end():
        _check_root(path, log)
        _survey(path, log)
        for element, where in _elements(path, log, _PARTS):
            part = _part(log, element, where)
            if part is None:
                continue
            is_event = local_name(element) == "event"
            found: list[Record] = [event_record(log, part)] if is_event else list(object_records(log, part))
            if not log.faults:
                yield from found


def _check_root(path: Path, log: Log) -> None:
    name, _ = root_name(path, log.faults.shown)
    if name != "log":
        log.faults.add("", f"the document element is {name!r}, an OCEL 2.0 log has 'log'")
    log.faults.refuse_if_any()


def _elements(path: Path, log: Log, tags: frozenset[str]) -> Iterator[tuple[etree._Element, str]]:
    """(element, its place) of `tags`; the place is its name, its number among its kind and its line."""
    count = dict.fromkeys(tags, 0)
    for element in stream_elements(path, log.faults.shown, tags):
        name = local_name(element)
        count[name] += 1
        yield element, f"{name} {count[name]}, line {element.sourceline}"


def _survey(path: Path, log: Log) -> None:
    """First pass. An object without its id or type is the second pass's to tell."""
    declared = False
    for element, where in _elements(path, log, _TYPES | _PARTS):
        name, object_id, object_type = local_name(element), element.get("id"), element.get("type")
        if name in _TYPES:
            declared = True
            _declare(log, element, where)
        elif name == "object" and object_id is not None and object_type is not None:
            know_object(log, where, object_id, object_type)
    if not declared and log.objects:
        log.faults.add("", "it declares no types", "An OCEL 2.0 log has 'event-types' and 'object-types'")
        log.faults.refuse_if_any()


def _declare(log: Log, element: etree._Element, where: str) -> None:
    kinds: dict[str, str] = {}
    name = element.get("name")
    if name is None:
        return log.faults.add(where, "the attribute 'name' is missing")
    for child in _inside(element, "attributes"):
        attribute, kind = child.get("name"), child.get("type")
        if attribute is None or kind is None:
            log.faults.add(where, "an attribute lacks its 'name' or its 'type'")
        else:
            kinds[attribute] = kind
    return declare(
        log, log.event_types if local_name(element) == "event-type" else log.object_types, where, name, kinds
    )


def _part(log: Log, element: etree._Element, where: str) -> Part | None:
    needed = ("id", "type", "time") if local_name(element) == "event" else ("id", "type")
    missing = [name for name in needed if element.get(name) is None]
    for name in missing:
        log.faults.add(where, f"the attribute {name!r} is missing")
    values, links = _values(log, element, where), _links(log, element, where)
    if missing:
        return None
    return Part(where, element.get("id", ""), element.get("type", ""), values, links, element.get("time"))


def _values(log: Log, element: etree._Element, where: str) -> list[Told]:
    values = []
    for child in _inside(element, "attributes"):
        name = child.get("name")
        if name is None:
            log.faults.add(where, "an attribute lacks its 'name'")
        elif len(child):
            log.faults.add(where, f"the attribute {name!r} has elements inside; a value is text")
        else:
            values.append(Told(name, child.text or "", child.get("time")))
    return values


def _links(log: Log, element: etree._Element, where: str) -> list[tuple[str, str]]:
    links = []
    for child in _inside(element, "objects"):
        object_id = child.get("object-id")
        if object_id is None:
            log.faults.add(where, "a relationship lacks its 'object-id'")
        else:
            links.append((object_id, child.get("qualifier") or child.get("relationship") or ""))
    return links


def _inside(element: etree._Element, holder: str) -> Iterator[etree._Element]:
    """The elements inside the children named `holder`."""
    for child in element:
        if local_name(child) == holder:
            yield from child
