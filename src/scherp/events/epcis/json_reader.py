"""EPCIS 2.0 in JSON: a document, a query document, JSON lines, a list of events, or one bare event.

Rule: events are decoded one at a time, decimals as decimals; every event is looked at, and a document with a single
fault is refused whole with all of them. A valid document without events (master data, a capture job) yields nothing;
what is no EPCIS at all is refused. Source: the JSON schema of EPCIS 2.0; JSON-LD 1.1 for what `@context` binds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from scherp.events.epcis.faults import Found
from scherp.events.epcis.hash import Spelling
from scherp.events.epcis.mapping import Document, described, map_event
from scherp.events.epcis.shape import FIELDS
from scherp.events.epcis.words import name_reader, prefixes_of, word_reader
from scherp.events.files import open_bytes
from scherp.events.json_stream import MAX_MEMBER, Member, malformed, stream_members
from scherp.events.model import Reading, Record
from scherp.faults import Fault, Refused

_EVENTS = {
    "eventList": ("epcisBody", "eventList"),
    "results": ("epcisBody", "queryResults", "resultsBody", "eventList"),
    "list": (),
}
_CONTEXT = {"@context": ("@context",)}
_WITHOUT_EVENTS = {"EPCISMasterDataDocument", "EPCISCaptureJob"}
_CLASSES = tuple(FIELDS)
_FIRST_LINE = 8 * 2**20  # a first line longer than this is taken for a whole document
_NO_EPCIS = "it is not an EPCIS document"
_decode: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_epcis_json(path: Path, reading: Reading) -> Iterator[Record]:
    """The events of an EPCIS file in JSON, gzip or not. Refused with all faults that its events have."""
    found = Found(reading.shown)
    with open_bytes(path, reading.shown) as source:
        lines = _is_lines(source)
    yield from (_lines if lines else _document)(path, found)
    found.refuse()


def _is_lines(source: BinaryIO) -> bool:
    """Is the first line that is not blank an event by itself?"""
    line = b"\n"
    while line.isspace():
        line = source.readline(_FIRST_LINE)
    try:
        first = _decode(line)
    except _UNDECODABLE:
        return False
    return "eventTime" in first or first.get("type") in _CLASSES


def _lines(path: Path, found: Found) -> Iterator[Record]:
    documents = _Documents([])
    number = offset = 0
    with open_bytes(path, found.shown) as source:
        while line := source.readline(MAX_MEMBER + 1):
            number += 1
            if len(line) > MAX_MEMBER:
                raise Refused(Fault(f"{found.shown}: line {number}", "the line is longer than 64 MiB"))
            if not line.isspace():
                found.number = number
                yield from _event(Member("", line, offset), documents, found)
            offset += len(line)


def _document(path: Path, found: Found) -> Iterator[Record]:
    contexts: list[Any] = []
    documents: _Documents | None = None
    with open_bytes(path, found.shown) as source:
        for member in stream_members(source, _EVENTS | _CONTEXT, found.shown):
            if member.list == "@context":
                contexts.append(_any(member, found))
            elif member.list:
                if documents is None:
                    documents = _Documents(contexts or _late_context(path, found.shown))
                found.number += 1
                yield from _event(member, documents, found)
            else:
                yield from _rest(member, documents or _Documents(contexts), found)


def _rest(skeleton: Member, documents: _Documents, found: Found) -> Iterator[Record]:
    """What the document is, now that its lists are out of it; it may be, or hold, a single event."""
    whole = _any(skeleton, found)
    if isinstance(whole, list):
        return
    if not isinstance(whole, dict):
        raise Refused(Fault(found.shown, _NO_EPCIS))
    kind = whole.get("type")
    if kind in _CLASSES:
        found.number += 1
        yield from _event(skeleton, documents, found)
    elif kind == "EPCISDocument":
        yield from _body(whole, documents.with_context(whole), found)
    elif kind == "EPCISQueryDocument":
        _query_body(whole, found)
    elif kind not in _WITHOUT_EVENTS and not {"captureID", "running", "success"} <= whole.keys():
        raise Refused(Fault(found.shown, _NO_EPCIS, "Its `type` should be EPCISDocument."))


def _body(whole: dict[str, Any], document: Document, found: Found) -> Iterator[Record]:
    body = whole.get("epcisBody")
    if not isinstance(body, dict):
        if "epcisBody" in whole or not isinstance(whole.get("epcisHeader"), dict):
            found.add_fault(Fault(f"{found.shown}: epcisBody", "it is not a map with an eventList"))
        return
    if "eventList" in body and body["eventList"] != []:
        found.add_fault(Fault(f"{found.shown}: epcisBody.eventList", "it is not a list"))
    if isinstance(body.get("event"), dict):
        found.number += 1
        yield from _records(body["event"], document, found)
    elif "event" in body:
        found.add_fault(Fault(f"{found.shown}: epcisBody.event", "it is not a map"))
    elif "eventList" not in body and body:
        found.add_fault(Fault(f"{found.shown}: epcisBody", "it has no eventList"))


def _query_body(whole: dict[str, Any], found: Found) -> None:
    place, step = "", whole
    for name in ("epcisBody", "queryResults", "resultsBody"):
        step, place = step.get(name, {}), f"{place}.{name}" if place else name
        if not isinstance(step, dict):
            return found.add_fault(Fault(f"{found.shown}: {place}", "it is not a map"))
    if step.get("eventList", []) != []:
        found.add_fault(Fault(f"{found.shown}: {place}.eventList", "it is not a list"))
    if "eventList" not in step and "vocabularyList" not in step:
        found.add_fault(Fault(f"{found.shown}: {place}", "it has no eventList"))
    return None


def _event(member: Member, documents: _Documents, found: Found) -> Iterable[Record]:
    """The event and the objects that it describes; nothing once there are faults."""
    try:
        raw = _decode(member.raw)
    except _UNDECODABLE as error:
        fault = malformed(member, error, found.shown)
        found.add_fault(Fault(f"{found.shown}: event {found.number}", fault.what))
        return ()
    return _records(raw, documents.of(raw), found)


def _records(raw: dict[str, Any], document: Document, found: Found) -> Iterable[Record]:
    event = map_event(raw, document, found)
    if event is None or found.faults:
        return ()
    return (event, *described(raw, event, document)) if "ilmd" in raw else (event,)


def _any(member: Member, found: Found) -> Any:
    try:
        return msgspec.json.decode(member.raw)
    except _UNDECODABLE as error:
        raise Refused([*found.faults, malformed(member, error, found.shown)]) from None


def _late_context(path: Path, shown: str) -> list[Any]:
    """The context that stands after the events, or is not a list: found by reading the document once more."""
    contexts: list[Any] = []
    found = Found(shown)
    with open_bytes(path, shown) as source:
        for member in stream_members(source, _EVENTS | _CONTEXT, shown):
            if member.list == "@context":
                contexts.append(_any(member, found))
            elif not member.list:
                whole = _any(member, found)
                return contexts or (_listed(whole.get("@context")) if isinstance(whole, dict) else [])
    return contexts


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [] if context is None else [context]


class _Documents:
    """What holds for an event: the document's context and the event's own. Kept, for events repeat their contexts."""

    def __init__(self, contexts: list[Any]) -> None:
        self._contexts = contexts
        self._known: dict[bytes, Document] = {}
        self._plain = _document_of(contexts)

    def of(self, event: dict[str, Any]) -> Document:
        return self.with_context(event) if "@context" in event else self._plain

    def with_context(self, holder: dict[str, Any]) -> Document:
        own = _listed(holder.get("@context"))
        key = msgspec.json.encode(own)
        document = self._known.get(key)
        if document is None:
            document = self._known[key] = _document_of([*self._contexts, *own])
        return document


def _document_of(contexts: list[Any]) -> Document:
    prefixes = prefixes_of(contexts)

    def key(name: str) -> str:
        prefix, colon, local = name.partition(":")
        space = prefixes.get(prefix)
        return f"{{{space}}}{local}" if colon and space is not None else name

    return Document(Spelling(prefixes, word_reader(prefixes), key), name_reader(prefixes))
