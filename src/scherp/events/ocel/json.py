"""OCEL 2.0 in JSON.

Rule: the document is read twice. The first pass keeps the declared types and the type of every object, because events
and objects may stand in any order and refer to objects by id alone; the second yields the records. So memory grows with
the number of ids, never with what the document tells about them. Source: the JSON page of the OCEL 2.0 standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scherp.events.files import open_bytes
from scherp.events.json_stream import Member, malformed, stream_members
from scherp.events.model import Reading, Record
from scherp.events.ocel.collected import Collected
from scherp.events.ocel.mapping import (
    Log,
    Part,
    Told,
    Types,
    declare,
    event_record,
    know_object,
    object_records,
)
from scherp.events.ocel.values import NumberText

_LISTS = {"objects": ("objects",), "events": ("events",)}
_KEYS = ("eventTypes", "objectTypes", "events", "objects")


class _Attribute(msgspec.Struct):
    name: str
    value: Any = None
    time: str | None = None


class _Link(msgspec.Struct):
    object_id: str = msgspec.field(name="objectId")
    qualifier: str | None = None


class _Object(msgspec.Struct):
    id: str
    type: str
    attributes: list[_Attribute] | None = None
    relationships: list[_Link] | None = None


class _Event(_Object, kw_only=True):
    time: str | None


class _Known(msgspec.Struct):
    """What the first pass reads of an object."""

    id: str
    type: str


class _TypeAttribute(msgspec.Struct):
    name: str
    type: str


class _Type(msgspec.Struct):
    name: str
    attributes: list[_TypeAttribute] | None = None


_KNOWN = msgspec.json.Decoder(_Known)
_OBJECT = msgspec.json.Decoder(_Object, float_hook=NumberText)
_EVENT = msgspec.json.Decoder(_Event, float_hook=NumberText)


def read_ocel_json(path: Path, reading: Reading) -> Iterator[Record]:
    """The records of an OCEL 2.0 log in JSON, gzip or not, in the order of the document."""
    log = Log(reading.zone, Collected(reading.shown))
    with log.faults.until_the_end():
        _survey(path, log)
        for member, where in _members(path, log):
            yield from _records(log, member, where)


def _members(path: Path, log: Log) -> Iterator[tuple[Member, str]]:
    """(member, its place) of both lists, then the skeleton at `$`."""
    count = dict.fromkeys(("objects", "events", ""), 0)
    with open_bytes(path, log.faults.shown) as source:
        for member in stream_members(source, _LISTS, log.faults.shown):
            yield member, f"$.{member.list}[{count[member.list]}]" if member.list else "$"
            count[member.list] += 1


def _survey(path: Path, log: Log) -> None:
    """First pass: object id -> type, and the declared types. What cannot be decoded is the second pass's to tell."""
    for member, where in _members(path, log):
        if member.list == "objects":
            try:
                known = _KNOWN.decode(member.raw)
            except msgspec.DecodeError:
                continue
            know_object(log, where, known.id, known.type)
        elif not member.list:
            _read_skeleton(log, msgspec.json.decode(member.raw))


def _read_skeleton(log: Log, skeleton: Any) -> None:
    """The declared types. Refused at once where the document has not the four lists: the rest would be noise."""
    if not isinstance(skeleton, dict):
        log.faults.add("$", "it is not a map with the lists of an OCEL 2.0 log")
        return log.faults.refuse_if_any()
    for key in _KEYS:
        if key not in skeleton:
            log.faults.add("$", f"the key {key!r} is missing", "An OCEL 2.0 log has " + ", ".join(_KEYS))
        elif not isinstance(skeleton[key], list):
            log.faults.add(f"$.{key}", "it is not a list")
    log.faults.refuse_if_any()
    _read_types(log, log.event_types, "eventTypes", skeleton)
    return _read_types(log, log.object_types, "objectTypes", skeleton)


def _read_types(log: Log, types: Types, key: str, skeleton: dict[str, Any]) -> None:
    for position, entry in enumerate(skeleton[key]):
        where = f"$.{key}[{position}]"
        try:
            found = msgspec.convert(entry, _Type)
        except msgspec.ValidationError as error:
            _add_invalid(log, where, error)
            continue
        declare(log, types, where, found.name, {each.name: each.type for each in found.attributes or []})


def _records(log: Log, member: Member, where: str) -> Iterator[Record]:
    """The records of one member; none once there are faults, but its own faults are still found."""
    found: list[Record] = []
    try:
        if member.list == "objects":
            found = list(object_records(log, _part(_OBJECT.decode(member.raw), where)))
        elif member.list == "events":
            found = [event_record(log, _part(_EVENT.decode(member.raw), where))]
    except msgspec.ValidationError as error:
        _add_invalid(log, where, error)
    except msgspec.DecodeError as error:
        log.faults.take(malformed(member, error, log.faults.shown))
    if not log.faults:
        yield from found


def _part(entry: _Object, where: str) -> Part:
    return Part(
        where=where,
        id=entry.id,
        type=entry.type,
        values=[Told(each.name, each.value, each.time) for each in entry.attributes or []],
        links=[(each.object_id, each.qualifier or "") for each in entry.relationships or []],
        time=entry.time if isinstance(entry, _Event) else None,
    )


def _add_invalid(log: Log, where: str, error: msgspec.ValidationError) -> None:
    """msgspec ends its sentence with the path inside the member."""
    what, _, inner = str(error).partition(" - at `$")
    log.faults.add(where + inner.rstrip("`"), what[:1].lower() + what[1:])
