"""The event hash of CBV 2.0: an id that an event has by what it says, whoever writes it down and in whatever spelling.

Rule: the event's fields are strung together in one fixed order, each value in one fixed spelling (UTC milliseconds,
numbers without needless zeros, web URIs, canonical Digital Links), lists and extensions sorted; the SHA-256 of that
text is the id. `recordTime`, `eventID` and `errorDeclaration` take no part. Source: CBV 2.0 section 8.9, as the public
description of the algorithm repeats it; where its reference implementation departs from its own requirement that one
event gives one hash (it hashes `xsi:type`, writes booleans in two ways, drops leading zeros of serial numbers), the
requirement is followed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from scherp.events.epcis.identifiers import canonical_link, digital_link
from scherp.events.epcis.words import Kind, Words, expand_value, web_uri
from scherp.events.instants import parse_instant

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,2})?\Z", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)\Z", re.ASCII)
_NOT_HASHED = {"@context", "type", "eventID", "recordTime", "errorDeclaration", "certificationInfo", "ilmd"}
_COMMENTS = {"@context", "@type", "comment", "rdfs:comment"}  # notes to the reader of a JSON document, not to its event
_METADATA = (
    "time",
    "startTime",
    "endTime",
    "deviceID",
    "deviceMetadata",
    "rawData",
    "dataProcessingMethod",
    "bizRules",
)
_REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism",
    "chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue",
    "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
_KINDS: dict[str, Kind] = {"exception": "voc", "component": "comp", "type": "voc"}


class Spelling(NamedTuple):
    """How the document at hand abbreviates: prefixes, its words, and key: extension name -> `{namespace}local`."""

    prefixes: Mapping[str, str]
    word: Words
    key: Callable[[str], str]


def event_hash(event: dict[str, Any], spelling: Spelling) -> str:
    """`ni:///sha-256;<hex>?ver=CBV2.0` of an event in the shape of EPCIS 2.0 JSON that passed the checks."""
    digest = hashlib.sha256(pre_hash(event, spelling).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: dict[str, Any], spelling: Spelling) -> str:
    """The text that is hashed."""
    word = spelling.word

    def term(kind: Kind, name: str) -> str:
        return _pair(name, web_uri(kind, word(kind, event[name]))) if name in event else ""

    parts = [f"eventType={event['type']}", _field(event, "eventTime"), _field(event, "eventTimeZoneOffset")]
    parts += [_epcs(event, "epcList"), _field(event, "parentID")]
    parts += [_epcs(event, "inputEPCList"), _epcs(event, "childEPCs")]
    parts += [_quantities(event, name) for name in ("quantityList", "childQuantityList", "inputQuantityList")]
    parts += [_epcs(event, "outputEPCList"), _quantities(event, "outputQuantityList")]
    parts += [_field(event, "action"), _field(event, "transformationID")]
    parts += [term("bizstep", "bizStep"), term("disp", "disposition"), _persistent(event, word)]
    parts += [_place(event, "readPoint", spelling), _place(event, "bizLocation", spelling)]
    parts += [_typed(event, "bizTransactionList", "bizTransaction", "btt", word)]
    parts += [_typed(event, "sourceList", "source", "sdt", word)]
    parts += [_typed(event, "destinationList", "destination", "sdt", word)]
    parts += [_sensors(event, spelling)]
    if event.get("ilmd"):
        parts.append("ilmd" + _extensions(event["ilmd"], spelling))
    extras = {name: value for name, value in event.items() if ":" in name and name not in _NOT_HASHED}
    return "".join([*parts, _extensions(extras, spelling)])


def canonical(value: object) -> str:
    """One value in its one spelling."""
    if type(value) is str:
        return _text(value.strip())
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return _number(Decimal(value))
    if isinstance(value, datetime):
        return _moment(value.isoformat())
    return _text(str(value).strip())


@lru_cache(maxsize=65_536)
def _text(text: str) -> str:
    if text.startswith("urn:epc:"):
        return digital_link(text) or text
    if text.startswith("http"):
        return canonical_link(text) or text
    if _NUMBER.match(text):
        return _number(Decimal(text))
    return _moment(text) if _TIME.match(text) else text


def _number(number: Decimal) -> str:
    if not number:
        return "0"
    if abs(number.adjusted()) > 99:  # an exponent made to fill the memory
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(text: str) -> str:
    """UTC with milliseconds, the fourth decimal rounded half up."""
    try:
        micros = parse_instant(text).micros
    except ValueError:
        return text
    seconds, millis = divmod((micros + 500) // 1000, 1000)
    day = datetime.fromisoformat("1970-01-01T00:00:00").toordinal()
    days, rest = divmod(seconds, 86_400)
    date = datetime.fromordinal(day + days).date().isoformat()
    return f"{date}T{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}.{millis:03}Z"


def _pair(name: str, text: str) -> str:
    return f"{name}={text}" if text else ""


def _field(holder: dict[str, Any], name: str) -> str:
    return _pair(name, canonical(holder[name])) if name in holder else ""


def _list(name: str, members: Iterable[str]) -> str:
    text = "".join(sorted(member for member in members if member))
    return name + text if text else ""


def _epcs(event: dict[str, Any], name: str) -> str:
    return _list(name, (_pair("epc", canonical(epc)) for epc in event.get(name) or ()))


def _quantities(event: dict[str, Any], name: str) -> str:
    fields = ("epcClass", "quantity", "uom")
    return _list(name, ("quantityElement" + "".join(_field(q, f) for f in fields) for q in event.get(name) or ()))


def _typed(event: dict[str, Any], name: str, member: str, kind: Kind, word: Words) -> str:
    def text(entry: dict[str, Any]) -> str:
        kind_text = _pair("type", web_uri(kind, word(kind, entry["type"]))) if entry.get("type") else ""
        return kind_text + _field(entry, member)

    return _list(name, (text(entry) for entry in event.get(name) or ()))


def _persistent(event: dict[str, Any], word: Words) -> str:
    held = event.get("persistentDisposition") or {}
    text = "".join(
        _list("", (_pair(name, web_uri("disp", word("disp", one))) for one in held.get(name) or ()))
        for name in ("set", "unset")
    )
    return "persistentDisposition" + text if text else ""


def _place(event: dict[str, Any], name: str, spelling: Spelling) -> str:
    place = event.get(name)
    return _list(name, [_field(place, "id") + _others(place, ("id",), spelling)]) if place else ""


def _sensors(event: dict[str, Any], spelling: Spelling) -> str:
    return _list("sensorElementList", (_sensor(one, spelling) for one in event.get("sensorElementList") or ()))


def _sensor(element: dict[str, Any], spelling: Spelling) -> str:
    metadata = element.get("sensorMetadata") or {}
    reports = element.get("sensorReport") or ()
    inner = _list("", ("sensorReport" + _record(report, _REPORT, spelling) for report in reports))
    about = "sensorMetadata" + _record(metadata, _METADATA, spelling) if metadata else ""
    return "sensorElement" + about + inner + _others(element, ("sensorMetadata", "sensorReport"), spelling)


def _record(holder: dict[str, Any], order: tuple[str, ...], spelling: Spelling) -> str:
    word = spelling.word

    def text(name: str) -> str:
        value = holder[name]
        if name in _KINDS and isinstance(value, str):
            full = expand_value(web_uri(_KINDS[name], word(_KINDS[name], value)), spelling.prefixes)
            return _pair(name, full)
        return _pair(name, canonical(value))

    return "".join(text(name) for name in order if name in holder) + _others(holder, order, spelling)


def _others(holder: dict[str, Any], known: tuple[str, ...], spelling: Spelling) -> str:
    return _extensions({name: value for name, value in holder.items() if name not in known}, spelling)


def _extensions(members: dict[str, Any], spelling: Spelling) -> str:
    """Names with their namespace, values in their one spelling, sorted on every level."""
    texts = []
    for name, value in members.items():
        if name in _COMMENTS:
            continue
        key = "" if name == "#text" else spelling.key(name)
        texts += [key + _inner(one, spelling, bool(key)) for one in (value if isinstance(value, list) else [value])]
    return "".join(sorted(texts))


def _inner(value: object, spelling: Spelling, named: bool) -> str:
    if isinstance(value, dict):
        return _extensions(value, spelling)
    if isinstance(value, list):
        return "".join(sorted(_inner(one, spelling, named) for one in value))
    written = expand_value(value.strip(), spelling.prefixes) if isinstance(value, str) else value
    text = canonical(written)
    return f"={text}" if text else ""
