"""An ILMD describes the objects that its event creates: its members are attributes of those objects too."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from epcis_samples import CONTEXT, a_document, an_event, read_records

from scherp.events.database import connect, rows
from scherp.events.intake import take_in
from scherp.events.manifest import read_manifest
from scherp.events.model import Event, Nested, Object
from scherp.events.sources import find_sources
from scherp.judging.relations import Cut, Views, from_store

PACK, OTHER = "urn:epc:id:sgtin:9521234.067890.1", "urn:epc:id:sgtin:9521234.067890.2"
LOT, BULK = "urn:epc:class:lgtin:9521234.012345.L1", "urn:epc:class:lgtin:9521234.012345.L2"
ILMD = {"scherp:netWeight": 2.5, "scherp:trial": False, "scherp:variety": "x"}
TYPED: dict[str, Any] = {"scherp:netWeight": Decimal("2.5"), "scherp:trial": False, "scherp:variety": "x"}
SPACES = [CONTEXT[0], {"scherp": "https://scherp.example/ns/", "ex": "https://ex.example/ns/"}]


def packing(**fields: Any) -> dict[str, Any]:
    event = {
        "type": "TransformationEvent",
        "eventID": "urn:uuid:1",
        "eventTime": "2026-03-01T12:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "bizStep": "packing",
        "inputQuantityList": [{"epcClass": LOT, "quantity": 6, "uom": "GRM"}],
        "outputEPCList": [PACK, OTHER],
        "outputQuantityList": [{"epcClass": BULK, "quantity": 1, "uom": "GRM"}],
        "ilmd": ILMD,
    }
    return {key: value for key, value in (event | fields).items() if value is not None}


def described(folder: Path, event: dict[str, Any]) -> list[Object]:
    records = read_records(folder, json.dumps(a_document(event, context=SPACES)))
    assert isinstance(records[0], Event)
    return [record for record in records if isinstance(record, Object)]


def test_what_a_transformation_gives_is_described(tmp_path: Path) -> None:
    assert described(tmp_path, packing()) == [
        Object(PACK, "sgtin", TYPED),
        Object(OTHER, "sgtin", TYPED),
        Object(BULK, "lgtin", TYPED),
    ]


def test_what_an_object_event_adds_is_described_and_nothing_else(tmp_path: Path) -> None:
    added = an_event(action="ADD", epcList=[PACK], ilmd=ILMD, bizLocation={"id": "urn:epc:id:sgln:9521234.00001.0"})
    assert described(tmp_path, added) == [Object(PACK, "sgtin", TYPED)]


@pytest.mark.parametrize("action", ["OBSERVE", "DELETE"])
def test_an_event_that_creates_nothing_describes_nothing(tmp_path: Path, action: str) -> None:
    assert described(tmp_path, an_event(action=action, epcList=[PACK], ilmd=ILMD)) == []


def test_an_event_that_is_taken_back_describes_nothing(tmp_path: Path) -> None:
    declared = {"declarationTime": "2026-03-02T12:00:00Z", "reason": "incorrect_data"}
    assert described(tmp_path, packing(errorDeclaration=declared)) == []


def test_an_object_s_attribute_has_its_own_name_though_the_event_has_one_too(tmp_path: Path) -> None:
    records = read_records(tmp_path, json.dumps(a_document(packing(**{"scherp:variety": "y"}), context=SPACES)))
    event, first = records[:2]
    assert isinstance(event, Event)
    assert isinstance(first, Object)
    assert (event.attributes["scherp:variety"], event.attributes["ilmd:scherp:variety"]) == ("y", "x")
    assert first.attributes == TYPED


def test_a_structure_is_kept_as_json(tmp_path: Path) -> None:
    objects = described(tmp_path, packing(ilmd={"ex:results": {"ex:b": 2, "ex:a": 1}}))
    assert objects[0].attributes == {"ex:results": Nested('{"ex:a":1,"ex:b":2}')}


def test_json_and_xml_describe_alike(tmp_path: Path) -> None:
    xml = f"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:scherp="https://scherp.example/ns/"
      schemaVersion="2.0" creationDate="2026-01-01T00:00:00Z"><EPCISBody><EventList><TransformationEvent>
      <eventTime>2026-03-01T12:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>
      <inputQuantityList><quantityElement><epcClass>{LOT}</epcClass><quantity>6</quantity><uom>GRM</uom></quantityElement>
      </inputQuantityList><outputEPCList><epc>{PACK}</epc></outputEPCList><bizStep>packing</bizStep>
      <ilmd><scherp:netWeight>2.5</scherp:netWeight><scherp:variety>x</scherp:variety></ilmd>
      </TransformationEvent></EventList></EPCISBody></epcis:EPCISDocument>"""
    one = read_records(tmp_path, xml, "in.xml")[1:]
    event = packing(eventID=None, outputEPCList=[PACK], outputQuantityList=None)
    event["ilmd"] = {"scherp:netWeight": 2.5, "scherp:variety": "x"}
    assert one == described(tmp_path, event) == [Object(PACK, "sgtin", {k: TYPED[k] for k in event["ilmd"]})]


def test_a_store_holds_them_and_reading_twice_changes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "in.json"
    source.write_text(json.dumps(a_document(packing(), context=SPACES)), encoding="utf-8")
    store = tmp_path / "store"
    for _ in range(2):
        assert take_in(store, find_sources([source])).faults == []
    manifest, _ = read_manifest(store)
    assert (manifest.number, manifest.parts_of("changes")) == (1, [])
    tables = from_store(store, manifest)
    view = Views(tables, Cut("2030-01-01 00:00:00")).objects("sgtin", list(tables.object_attributes["sgtin"]))
    found = rows(connect(), f'SELECT object_id, "scherp:netWeight", "scherp:trial" FROM {view} ORDER BY 1')
    assert found == [(PACK, Decimal("2.5"), False), (OTHER, Decimal("2.5"), False)]
