"""One event has one hash: in JSON and XML, in URNs and Digital Links, whatever the order and the abbreviations."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from epcis_samples import (
    CONTEXT,
    DATA,
    ITEM,
    LOT,
    SHOP,
    a_document,
    an_event,
    needs_data,
    read_json,
    read_one,
    read_xml,
)
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.epcis import hash as hashing
from scherp.events.epcis import read_epcis_json, read_epcis_xml
from scherp.events.epcis.hash import canonical
from scherp.events.epcis.identifiers import digital_link
from scherp.events.model import Event, Reading

FULL: dict[str, Any] = {
    "recordTime": "2026-03-02T00:00:00Z",
    "quantityList": [{"epcClass": LOT, "quantity": 12.50, "uom": "KGM"}, {"epcClass": ITEM, "quantity": 3}],
    "bizStep": "shipping",
    "disposition": "in_transit",
    "persistentDisposition": {"unset": ["completeness_inferred"], "set": ["completeness_verified"]},
    "readPoint": {"id": SHOP, "ex:door": "7"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:2"}, {"bizTransaction": "urn:x:1"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:9521234.00001"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"deviceID": "urn:x:d", "time": "2026-03-01T11:00:00Z"},
            "sensorReport": [
                {"value": 7.0, "type": "Temperature", "uom": "CEL"},
                {"type": "Speed", "booleanValue": True},
            ],
        }
    ],
    "ilmd": {"ex:b": {"ex:d": 1, "ex:c": "two"}, "ex:a": ["z", "y"]},
    "ex:note": "hello",
}
EXPECTED = [
    "eventType=ObjectEvent",
    "eventTime=2026-03-01T11:00:00.000Z",
    "eventTimeZoneOffset=+01:00",
    "epcListepc=https://id.gs1.org/01/09521234678908/21/1",
    "quantityListquantityElementepcClass=https://id.gs1.org/01/09521234123453/10/L1quantity=12.5uom=KGM",
    "quantityElementepcClass=https://id.gs1.org/01/09521234678908/21/1quantity=3",
    "action=OBSERVE",
    "bizStep=https://ref.gs1.org/cbv/BizStep-shipping",
    "disposition=https://ref.gs1.org/cbv/Disp-in_transit",
    "persistentDispositionset=https://ref.gs1.org/cbv/Disp-completeness_verified",
    "unset=https://ref.gs1.org/cbv/Disp-completeness_inferred",
    "readPointid=https://id.gs1.org/414/9521234000013{https://ex.example/ns/}door=7",
    "bizTransactionListbizTransaction=urn:x:1type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:2",
    "sourceListtype=https://ref.gs1.org/cbv/SDT-owning_partysource=https://id.gs1.org/417/9521234000013",
    "sensorElementListsensorElementsensorMetadatatime=2026-03-01T11:00:00.000ZdeviceID=urn:x:d",
    "sensorReporttype=https://gs1.org/voc/SpeedbooleanValue=true",
    "sensorReporttype=https://gs1.org/voc/Temperaturevalue=7uom=CEL",
    "ilmd{https://ex.example/ns/}a=y{https://ex.example/ns/}a=z",
    "{https://ex.example/ns/}b{https://ex.example/ns/}c=two{https://ex.example/ns/}d=1",
    "{https://ex.example/ns/}note=hello",
]


def ids(events: list[Event]) -> set[str | None]:
    return {event.event_id for event in events}


def test_the_text_that_is_hashed_has_the_order_and_spelling_of_the_standard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    made = hashing.pre_hash
    monkeypatch.setattr(hashing, "pre_hash", lambda event, spelling: texts.append(made(event, spelling)) or texts[-1])
    event = read_one(tmp_path, **FULL)
    assert texts == ["".join(EXPECTED)]
    digest = hashlib.sha256(texts[0].encode()).hexdigest()
    assert event.event_id == f"ni:///sha-256;{digest}?ver=CBV2.0"


def test_an_id_that_is_given_stays(tmp_path: Path) -> None:
    assert read_one(tmp_path, eventID="urn:uuid:1").event_id == "urn:uuid:1"


@pytest.mark.parametrize(
    "same",
    [
        {"eventTime": "2026-03-01T11:00:00.0000Z"},
        {"recordTime": "2027-01-01T00:00:00Z"},
        {"errorDeclaration": {"declarationTime": "2026-04-01T00:00:00Z"}},
        {"epcList": [digital_link(ITEM)]},
        {"epcList": ["https://shop.example/x/gtin/9521234678908/ser/1?a=b"]},
        {"bizStep": "urn:epcglobal:cbv:bizstep:shipping"},
        {"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"},
        {"bizStep": "cbv:BizStep-shipping"},
        {"quantityList": list(reversed(FULL["quantityList"]))},
        {"quantityList": [{"uom": "KGM", "quantity": 12.5, "epcClass": LOT}, {"epcClass": ITEM, "quantity": 3.0}]},
        {"readPoint": {"ex:door": 7, "id": digital_link(SHOP)}},
        {"ilmd": {"ex:a": ["y", "z"], "ex:b": {"ex:c": " two ", "ex:d": 1}}},
        {"rdfs:comment": "not part of what happened"},
    ],
    ids=lambda same: next(iter(same)),
)
def test_another_spelling_is_the_same_event(tmp_path: Path, same: dict[str, Any]) -> None:
    assert read_one(tmp_path, **(FULL | same)).event_id == read_one(tmp_path, **FULL).event_id


@pytest.mark.parametrize(
    "other",
    [
        {"eventTime": "2026-03-01T12:00:00.001+01:00"},
        {"eventTimeZoneOffset": "+02:00"},
        {"action": "ADD"},
        {"bizStep": "receiving"},
        {"bizStep": ...},
        {"epcList": [ITEM, ITEM + "2"]},
        {"epcList": ["urn:epc:id:sgtin:9521234.067890.01"]},
        {"quantityList": [{"epcClass": LOT, "quantity": 12.51, "uom": "KGM"}, {"epcClass": ITEM, "quantity": 3}]},
        {"persistentDisposition": {"set": ["completeness_inferred"], "unset": ["completeness_verified"]}},
        {"readPoint": {"id": SHOP}},
        {"readPoint": ..., "bizLocation": FULL["readPoint"]},
        {"sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:9521234.00001"}]},
        {"ilmd": {"ex:b": {"ex:d": 1, "ex:c": "two"}}},
        {"ex:note": "Hello"},
        {"ex:note": "hello", "ex:more": None},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_changes_the_event_changes_the_hash(tmp_path: Path, other: dict[str, Any]) -> None:
    assert read_one(tmp_path, **(FULL | other)).event_id != read_one(tmp_path, **FULL).event_id


def test_the_prefix_that_a_document_chose_does_not_matter(tmp_path: Path) -> None:
    one = a_document(an_event(**{"ex:note": "x", "ilmd": {"ex:a": {"ex:b": 1}}}))
    other = a_document(
        an_event(**{"q:note": "x", "ilmd": {"q:a": {"q:b": 1}}}), context=[CONTEXT[0], {"q": "https://ex.example/ns/"}]
    )
    assert ids(read_json(tmp_path, one)) == ids(read_json(tmp_path, other))


XML_FULL = """<ObjectEvent>
  <eventTime>2026-03-01T12:00:00+01:00</eventTime><recordTime>2026-03-09T00:00:00Z</recordTime>
  <eventTimeZoneOffset>+01:00</eventTimeZoneOffset>
  <epcList><epc> urn:epc:id:sgtin:9521234.067890.1 </epc></epcList>
  <action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
  <disposition>https://ref.gs1.org/cbv/Disp-in_transit</disposition>
  <readPoint><id>urn:epc:id:sgln:9521234.00001.0</id><ex:door>7</ex:door></readPoint>
  <bizTransactionList>
    <bizTransaction>urn:x:1</bizTransaction><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:x:2</bizTransaction>
  </bizTransactionList>
  <quantityList>
    <quantityElement><epcClass>urn:epc:id:sgtin:9521234.067890.1</epcClass><quantity>3.0</quantity></quantityElement>
    <quantityElement><epcClass>urn:epc:class:lgtin:9521234.012345.L1</epcClass><quantity>12.5</quantity>
      <uom>KGM</uom></quantityElement>
  </quantityList>
  <sourceList>
    <source type="urn:epcglobal:cbv:sdt:owning_party">urn:epc:id:pgln:9521234.00001</source>
  </sourceList>
  <sensorElementList><sensorElement>
    <sensorMetadata time="2026-03-01T12:00:00+01:00" deviceID="urn:x:d"/>
    <sensorReport type="gs1:Temperature" value="7" uom="CEL"/><sensorReport type="gs1:Speed" booleanValue="true"/>
  </sensorElement></sensorElementList>
  <persistentDisposition><unset>urn:epcglobal:cbv:disp:completeness_inferred</unset>
    <set>urn:epcglobal:cbv:disp:completeness_verified</set></persistentDisposition>
  <ilmd><ex:a>y</ex:a><ex:a xsi:type="xsd:string">z</ex:a><ex:b><ex:c>two</ex:c><ex:d xsi:type="xsd:int">1</ex:d></ex:b></ilmd>
  <ex:note>hello</ex:note>
</ObjectEvent>"""


def test_json_and_xml_of_one_event_hash_alike(tmp_path: Path) -> None:
    assert ids(read_xml(tmp_path, XML_FULL)) == {read_one(tmp_path, **FULL).event_id}


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6), st.integers(0, 4))
def test_a_number_has_one_spelling(number: Any, zeros: int) -> None:
    written = f"{number:f}" + "0" * zeros
    assert canonical(written) == canonical(number)
    assert not canonical(written).endswith("0") or "." not in canonical(written)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, ""),
        (20, "20"),
        ("20.0", "20"),
        ("-0.0", "0"),
        ("007", "007"),
        (" x y ", "x y"),
        ("1e3", "1000"),
        ("1e99999", "1e99999"),
        ("2026-01-31T23:59:59.9995+00:00", "2026-02-01T00:00:00.000Z"),
        ("2026-01-31T23:59:59.1234Z", "2026-01-31T23:59:59.123Z"),
        ("2026-01-31", "2026-01-31"),
        ("https://shop.example/414/9521234000013?x", "https://id.gs1.org/414/9521234000013"),
    ],
)
def test_every_value_has_one_spelling(value: object, text: str) -> None:
    assert canonical(value) == text


@needs_data
def test_gs1_s_identical_events_hash_alike_but_for_the_one_with_another_offset() -> None:
    """The second of the six states another eventTimeZoneOffset, which the standard counts as part of the event."""
    files = [DATA / "xml" / "WithEventHashID" / f"event_with_identical_hash_id_{number}.xml" for number in range(1, 7)]
    records = [record for file in files for record in read_epcis_xml(file, Reading("x"))]
    hashes = [record.event_id for record in records if isinstance(record, Event)]
    assert len(hashes) == 6
    assert len({*hashes[:1], *hashes[2:]}) == 1
    assert hashes[1] != hashes[0]


# What version 1.9.3 of the public reference implementation gives: the first eight digits, event by event.
REFERENCE = {
    "json/EPCISQueryDocument.jsonld": ["df652366", "32547b23"],
    "json/Example_9.6.1-ObjectEvent.jsonld": ["df652366", "32547b23"],
    "json/Example_9.6.3-AggregationEvent.jsonld": ["96b6bf98"],
    "json/Example_9.6.4-TransformationEvent.jsonld": ["c794227a"],
    "json/WithSensorData/SensorDataExample1.jsonld": ["4eea934e"],
    "json/WithSensorData/SensorDataExample17.jsonld": ["78f7ce4e"],
    "json/AssociationEvent/AssociationEvent-a.jsonld": ["39141606"],
    "xml/WithExtension/ObjectEvent.xml": ["cc284e89", "9df647af"],
    "xml/Mimasu/Example3.xml": ["4fb84baf"],
    "json/WithDigitalLinkID/Example_9.6.3-AggregationEventWithDigitalLink.jsonld": ["c6d04a3b"],
}


@needs_data
@pytest.mark.parametrize("name", REFERENCE)
def test_the_reference_implementation_agrees(tmp_path: Path, name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    path = tmp_path / Path(name).name
    path.write_text("\n".join(line for line in text.splitlines() if "eventID" not in line), encoding="utf-8")
    reader = read_epcis_xml if name.endswith(".xml") else read_epcis_json
    hashes = [record.event_id for record in reader(path, Reading("x")) if isinstance(record, Event)]
    assert [str(found)[14:22] for found in hashes] == REFERENCE[name]
