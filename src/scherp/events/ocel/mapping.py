"""From the parts of an OCEL 2.0 log to records, whatever the spelling.

Rule: an object's first known value of an attribute is its initial one, every later one a change from its own time on; a
value without a time, or dated 1970-01-01, is known from the start. The qualifier of a relationship is its role. Only
the event attribute `org:resource` is the actor; no other name is given a meaning. An event's time without an offset
needs the zone that was stated: the standard asks for ISO 8601 and names no zone. Source: OCEL 2.0 specification.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scherp.events.instants import parse_instant
from scherp.events.model import Change, Event, Instant, Object, Record, Relation, Scalar, Taking
from scherp.events.ocel.collected import Collected
from scherp.events.ocel.values import KINDS, typed, written_kind

_ACTOR = "org:resource"
_EPOCH = datetime(1970, 1, 1)
_ZONE = "Write the offset, or state the zone of the source"

Types = dict[str, dict[str, str]]
"""Declared types: name -> attribute -> its type, a key of `KINDS`."""


@dataclass(frozen=True)
class Told:
    """One value that the log tells. time: as written; None where none is (event attributes never have one)."""

    name: str
    value: object
    time: str | None = None


@dataclass(frozen=True)
class Part:
    """An event or an object as the log spells it. where: its place in the document. links: (object id, qualifier)."""

    where: str
    id: str
    type: str
    values: list[Told]
    links: list[tuple[str, str]]
    time: str | None = None


@dataclass
class Log:
    """What must be known of the whole log before its parts can be read.

    objects: id -> type, of every object. events: id -> hash of the content, of those read so far.
    """

    zone: str | None
    faults: Collected
    event_types: Types = field(default_factory=dict)
    object_types: Types = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)


def declare(log: Log, types: Types, where: str, name: str, attributes: dict[str, str]) -> None:
    """Note a declared type; a type of attribute that OCEL 2.0 does not have is a fault."""
    if name in types:
        log.faults.add(where, f"the type {name!r} is declared twice")
    for attribute, kind in attributes.items():
        if kind not in KINDS:
            known = ", ".join(KINDS)
            log.faults.add(where, f"{kind!r} is not a type of attribute ({attribute!r})", f"The types are {known}")
    types[name] = {attribute: kind for attribute, kind in attributes.items() if kind in KINDS}


def know_object(log: Log, where: str, object_id: str, object_type: str) -> None:
    """Note an object's type, before anything refers to it."""
    if not object_id:
        log.faults.add(where, "the id is empty")
    elif log.objects.setdefault(object_id, object_type) != object_type:
        log.faults.add(where, f"the object {object_id!r} has two types, {log.objects[object_id]!r} and {object_type!r}")


def event_record(log: Log, part: Part) -> Event:
    """The event; its faults go to `log.faults`."""
    if not part.id:
        log.faults.add(part.where, "the id is empty")
    if part.type not in log.event_types:
        log.faults.add(part.where, f"the event type {part.type!r} is not declared")
    kinds = log.event_types.get(part.type, {})
    attributes: dict[str, Scalar] = {}
    for told in part.values:
        value = _value(log, part, told, kinds)
        if attributes.setdefault(told.name, value) != value:
            log.faults.add(part.where, f"the attribute {told.name!r} has two values")
    attributes = {name: value for name, value in attributes.items() if value is not None}
    actor = attributes.pop(_ACTOR, None)
    event = Event(
        type=part.type,
        time=_instant(log, part.where, part.time) if part.time else None,
        takes_part=[
            Taking(object_id, log.objects[object_id], role)
            for object_id, role in part.links
            if _known(log, part, object_id)
        ],
        event_id=part.id,
        actor=None if actor is None else str(actor),
        attributes=dict(attributes),
    )
    _check_repeated(log, part, event)
    return event


def object_records(log: Log, part: Part) -> Iterator[Record]:
    """The object with its initial values, its relations, and its later values as changes in order of time."""
    if part.type not in log.object_types:
        log.faults.add(part.where, f"the object type {part.type!r} is not declared")
    kinds = log.object_types.get(part.type, {})
    initial: dict[str, Scalar] = {}
    changes: list[Change] = []
    for name, history in _histories(log, part, kinds).items():
        known = [(time, value) for time, value in history if time is not None or value is not None]
        while known and known[0][1] is None:
            known.pop(0)
        if not known:
            continue
        initial[name] = known[0][1]
        for time, value in known[1:]:
            if time is not None:
                changes.append(Change(part.id, part.type, name, value, time))
            elif value != initial[name]:
                log.faults.add(part.where, f"the attribute {name!r} has two values from the start")
    yield Object(part.id, part.type, dict(initial))
    yield from (Relation(part.id, to, role) for to, role in part.links if _known(log, part, to))
    yield from changes


def _histories(log: Log, part: Part, kinds: dict[str, str]) -> dict[str, list[tuple[Instant | None, Scalar]]]:
    """Per attribute its values with their times, from the start (None) on; values of one time in the log's order."""
    histories: dict[str, list[tuple[Instant | None, Scalar]]] = {}
    for told in part.values:
        time = None if _from_the_start(told.time) else _instant(log, part.where, told.time or "")
        histories.setdefault(told.name, []).append((time, _value(log, part, told, kinds)))
    for history in histories.values():
        history.sort(key=lambda dated: (dated[0] is not None, dated[0].micros if dated[0] else 0))
    return histories


def _from_the_start(text: str | None) -> bool:
    """No time, or 1970-01-01T00:00:00 in whatever spelling: the standard's word for `known from the start`."""
    if not text:
        return True
    try:
        time = datetime.fromisoformat(text.strip())
        return (time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time) == _EPOCH
    except (ValueError, OverflowError):
        return False


def _instant(log: Log, where: str, text: str) -> Instant | None:
    try:
        return parse_instant(text, log.zone)
    except ValueError as error:
        log.faults.add(where, str(error), _ZONE if "no offset" in str(error) else "")
        return None


def _value(log: Log, part: Part, told: Told, kinds: dict[str, str]) -> Scalar:
    """The value by its declared type; an attribute that is not declared keeps the type in which it is written."""
    kind = kinds.get(told.name) or written_kind(told.value)
    try:
        return typed(told.value, kind, log.zone)
    except ValueError as error:
        log.faults.add(part.where, f"the attribute {told.name!r} is not of type {kind}: {error}")
        return None


def _known(log: Log, part: Part, object_id: str) -> bool:
    if object_id in log.objects:
        return True
    log.faults.add(part.where, f"it refers to the object {object_id!r}, which the log does not have")
    return False


def _check_repeated(log: Log, part: Part, event: Event) -> None:
    """An event that is told twice is left to intake; one id with two contents is a fault."""
    content = hash(
        (event.type, event.time, event.actor, frozenset(event.takes_part), frozenset(event.attributes.items()))
    )
    if log.events.setdefault(part.id, content) != content:
        log.faults.add(part.where, f"the event id {part.id!r} occurs twice, with different content")
