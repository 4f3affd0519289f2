"""Small EPCIS documents for the tests of the readers, in JSON and in XML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scherp.events.epcis import read_epcis_json, read_epcis_xml
from scherp.events.model import Event, Nested, Reading, Record, Taking
from scherp.faults import Refused

DATA = Path(__file__).parents[4] / "shared" / "data" / "epcis-gs1"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="GS1's example documents are not here")
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://ex.example/ns/"}]
ITEM = "urn:epc:id:sgtin:9521234.067890.1"
LOT = "urn:epc:class:lgtin:9521234.012345.L1"
SHOP = "urn:epc:id:sgln:9521234.00001.0"
XML_HEAD = (
    '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="https://ex.example/ns/" '
    'xmlns:s="https://scherp.example/ns/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" schemaVersion="2.0" creationDate="2026-01-01T00:00:00Z">'
)


def an_event(**fields: Any) -> dict[str, Any]:
    """A minimal ObjectEvent with `fields` over it; a field that is ... is left out."""
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": "2026-03-01T12:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "epcList": [ITEM],
    }
    return {name: value for name, value in (event | fields).items() if value is not ...}


def a_document(*events: Any, context: Any = CONTEXT) -> dict[str, Any]:
    return {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }


def read_text(folder: Path, text: str | bytes, name: str = "in.json") -> list[Event]:
    """The events that the reader that fits `name` makes of a file with this text."""
    return [record for record in read_records(folder, text, name) if isinstance(record, Event)]


def read_records(folder: Path, text: str | bytes, name: str = "in.json") -> list[Record]:
    """What the reader that fits `name` makes of a file with this text: events, and objects that an ILMD describes."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reader = read_epcis_xml if name.endswith(".xml") else read_epcis_json
    return list(reader(path, Reading(shown=name)))


def read_json(folder: Path, document: Any) -> list[Event]:
    return read_text(folder, json.dumps(document))


def read_one(folder: Path, **fields: Any) -> Event:
    """The record of a minimal event with `fields` over it."""
    (event,) = read_json(folder, a_document(an_event(**fields)))
    return event


def read_xml(folder: Path, events: str, head: str = XML_HEAD) -> list[Event]:
    body = f"{head}<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"
    return read_text(folder, body, "in.xml")


def faults_of(folder: Path, text: str | bytes, name: str = "in.json") -> list[str]:
    """The sentences with which the text is refused."""
    with pytest.raises(Refused) as refused:
        read_text(folder, text, name)
    return [str(fault) for fault in refused.value.faults]


def roles(event: Event) -> list[tuple[str, str, str]]:
    return [(taking.role, taking.object_type, taking.object_id) for taking in event.takes_part]


def nested(value: object) -> Any:
    assert isinstance(value, Nested)
    return json.loads(value.json)


def quantity_of(event: Event) -> Taking:
    (taking,) = [taking for taking in event.takes_part if taking.quantity is not None]
    return taking
