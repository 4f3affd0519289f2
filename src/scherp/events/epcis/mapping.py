"""An EPCIS event as the canonical event.

Rule: the event's type is its business step (or its class where it has none), what takes part are its identifiers with
the role that the standard gives them, exactly as written; all else are attributes under their own names. An extension
inside readPoint, bizLocation or errorDeclaration is kept as `readPoint.prefix:name`; a name of the ILMD that another
attribute has already is kept as `ilmd:name`. The ILMD also describes the objects that the event creates: its members
are attributes of those objects too. Source: EPCIS 2.0 section 7 (event types; 7.3.8, ILMD); the engine's decisions 1
and 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from scherp.events.epcis.faults import Found
from scherp.events.epcis.hash import Spelling, event_hash
from scherp.events.epcis.shape import check_shape
from scherp.events.epcis.takings import Takings, takings
from scherp.events.epcis.words import Names
from scherp.events.instants import parse_instant
from scherp.events.model import Correction, Event, Instant, Nested, Object, Scalar

Attributes = dict[str, Scalar | Nested]
_encode = msgspec.json.Encoder(order="sorted", decimal_format="number").encode
_FOR_DECLARATION = ("declarationTime", "reason", "correctiveEventIDs")
_NESTED = ("sensorElementList", "persistentDisposition", "certificationInfo")
_ACTOR = "scherp:actor"
_NO_MEMBERS = ("@context", "@type")  # of the ILMD: they say nothing of an object
_OFFSETS = {
    f"{sign}{hour:02}:{minute:02}": (60 * hour + minute) * (1 if sign == "+" else -1)
    for sign in "+-"
    for hour in range(15)
    for minute in range(60 if hour < 14 else 1)
}


class Document(NamedTuple):
    """What holds for all events of a document."""

    spelling: Spelling
    name: Names


def map_event(event: dict[str, Any], document: Document, found: Found) -> Event | None:
    """The canonical event of `event`, in the shape of EPCIS 2.0 JSON; None where it has faults (added to `found`)."""
    before = len(found.faults) + found.more
    if not check_shape(event, found):
        _times(event, found)  # so that the sender hears of all faults at once
        return None
    time, recorded = _times(event, found)
    parts = takings(event, document.spelling.word, found)
    attributes = _attributes(event, document, parts, found)
    correction = _correction(event, document, attributes, found)
    actor = attributes.pop(_ACTOR, None)
    if actor is not None and not isinstance(actor, str):
        found.add(_ACTOR, "it is not a text")
    if len(found.faults) + found.more != before:
        return None
    return Event(
        type=str(attributes.get("bizStep") or event["type"]),
        time=time,
        takes_part=parts.objects,
        event_id=event.get("eventID") or event_hash(event, document.spelling),
        id_is_hash=not event.get("eventID"),
        recorded=recorded,
        place=parts.place,
        actor=actor if isinstance(actor, str) else None,
        attributes=attributes,
        correction=correction,
    )


def described(event: dict[str, Any], mapped: Event, document: Document) -> Iterator[Object]:
    """The objects that the event creates, with what its ILMD says of them; none where the event was taken back."""
    ilmd = event.get("ilmd")
    creates = event["type"] == "TransformationEvent" or event.get("action") == "ADD"
    if not ilmd or not creates or mapped.correction is not None:
        return
    said = {document.name(key): _value(value, document) for key, value in ilmd.items() if key not in _NO_MEMBERS}
    role = "output" if event["type"] == "TransformationEvent" else "epc"
    for taking in mapped.takes_part:
        if taking.role == role:
            yield Object(taking.object_id, taking.object_type, said)


def _times(event: dict[str, Any], found: Found) -> tuple[Instant | None, Instant | None]:
    """(eventTime with the offset of eventTimeZoneOffset, recordTime)."""
    time = _instant(event, "eventTime", found, needed=True)
    recorded = _instant(event, "recordTime", found)
    written = event.get("eventTimeZoneOffset")
    if written is None:
        return time, recorded
    offset = _OFFSETS.get(written) if isinstance(written, str) else None
    if offset is None:
        found.add("eventTimeZoneOffset", "it is not an offset between -14:00 and +14:00", "Write it as +01:00.")
    elif time is not None and time.offset != offset:
        time = Instant(time.micros, offset)
    return time, recorded


def _instant(holder: dict[str, Any], name: str, found: Found, needed: bool = False, within: str = "") -> Instant | None:
    text = holder.get(name)
    if text is None and name not in holder:
        if needed:
            found.add(within + name, "it is missing")
        return None
    if not isinstance(text, str):
        found.add(within + name, "it is not a text with a date and a time")
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        found.add(within + name, str(error), "Write it as 2026-01-31T12:00:00+01:00.")
        return None


def _attributes(event: dict[str, Any], document: Document, parts: Takings, found: Found) -> Attributes:
    word = document.spelling.word
    made: Attributes = {"eventType": event["type"]}
    if "action" in event:
        made["action"] = event["action"]
    if "bizStep" in event:
        made["bizStep"] = word("bizstep", event["bizStep"])
    if "disposition" in event:
        made["disposition"] = word("disp", event["disposition"])
    for name in ("readPoint", "bizLocation"):
        place = event.get(name)
        if place is not None:
            made[name] = place.get("id")
            made.update(_inner(place, ("id",), name, document, found))
    if "transformationID" in event:
        made["transformationID"] = event["transformationID"]
    if parts.units:
        made["uom"] = ",".join(parts.units)
    if not event.keys().isdisjoint(_NESTED):
        made.update(_nested_fields(event, document, found))
    for key, value in event.items():
        if ":" in key:
            made[document.name(key)] = _value(value, document)
    for key, value in (event.get("ilmd") or {}).items():
        if key not in _NO_MEMBERS:
            name = document.name(key)
            made[f"ilmd:{name}" if name in made else name] = _value(value, document)
    return made


def _nested_fields(event: dict[str, Any], document: Document, found: Found) -> Iterator[tuple[str, Nested]]:
    word = document.spelling.word
    if "sensorElementList" in event:
        elements = event["sensorElementList"]
        if all(isinstance(element, dict) for element in elements):
            yield "sensorElementList", _nested([_sensor(element, document) for element in elements], document)
        else:
            found.add("sensorElementList", "a member is not a map")
    if "persistentDisposition" in event:
        held = event["persistentDisposition"]
        if all(key in ("set", "unset") and _texts(value) for key, value in held.items()):
            words = {key: [word("disp", one) for one in value] for key, value in held.items()}
            yield "persistentDisposition", _nested(words, document)
        else:
            found.add("persistentDisposition", "it is not a map of the lists set and unset")
    if "certificationInfo" in event:
        given = event["certificationInfo"]
        given = [given] if isinstance(given, str) else given
        if _texts(given):
            yield "certificationInfo", _nested(given, document)
        else:
            found.add("certificationInfo", "it is neither a text nor a list of texts")


def _sensor(element: dict[str, Any], document: Document) -> dict[str, Any]:
    """The element with the types of its reports as bare words."""
    word = document.spelling.word

    def report(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        said = {name: given[name] for name in ("type", "exception", "component") if isinstance(given.get(name), str)}
        return given | {name: word("comp" if name == "component" else "voc", said[name]) for name in said}

    reports = element.get("sensorReport")
    return element | {"sensorReport": [report(one) for one in reports]} if isinstance(reports, list) else element


def _correction(event: dict[str, Any], document: Document, made: Attributes, found: Found) -> Correction | None:
    declaration = event.get("errorDeclaration")
    if declaration is None:
        return None
    time = _instant(declaration, "declarationTime", found, needed=True, within="errorDeclaration.")
    reason, instead = declaration.get("reason"), declaration.get("correctiveEventIDs", [])
    if reason is not None and not isinstance(reason, str):
        found.add("errorDeclaration.reason", "it is not a text")
        reason = None
    if not _texts(instead):
        found.add("errorDeclaration.correctiveEventIDs", "it is not a list of texts")
        instead = []
    made.update(_inner(declaration, _FOR_DECLARATION, "errorDeclaration", document, found))
    return Correction(tuple(instead), document.spelling.word("er", reason) if reason else None, time)


def _inner(
    holder: dict[str, Any], known: tuple[str, ...], field: str, document: Document, found: Found
) -> Iterator[tuple[str, Scalar | Nested]]:
    """The extensions inside a standard field."""
    for key, value in holder.items():
        if ":" in key:
            yield f"{field}.{document.name(key)}", _value(value, document)
        elif key not in known:
            found.add(f"{field}.{key}", f"it is not a field of {field}", "Give an extension a prefix.")


def _value(value: Any, document: Document) -> Scalar | Nested:
    return _nested(value, document) if isinstance(value, (dict, list)) else value


def _nested(value: Any, document: Document) -> Nested:
    return Nested(_encode(_plain(value, document)).decode())


def _plain(value: Any, document: Document) -> Any:
    """Names of the house's namespace as `scherp:`, moments as ISO text."""
    if isinstance(value, dict):
        return {document.name(key): _plain(inner, document) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, document) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)
