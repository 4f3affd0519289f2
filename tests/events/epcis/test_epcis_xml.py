"""XML gives the records that JSON gives, also where EPCIS 1.x wrapped what is new in it."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from epcis_samples import (
    ITEM,
    LOT,
    SHOP,
    XML_HEAD,
    faults_of,
    nested,
    quantity_of,
    read_one,
    read_text,
    read_xml,
    roles,
)

from scherp.events.model import Correction, Event, Instant, Nested

WHEN = "<eventTime>2026-03-01T12:00:00+01:00</eventTime><eventTimeZoneOffset>+01:00</eventTimeZoneOffset>"
ITEMS = f"<epcList><epc>{ITEM}</epc></epcList>"


def an_xml_event(more: str = "", items: str = ITEMS, name: str = "ObjectEvent", action: str = "OBSERVE") -> str:
    acted = f"<action>{action}</action>" if action else ""
    return f"<{name}>{WHEN}{items}{acted}{more}</{name}>"


def one(folder: Path, more: str = "", **parts: str) -> Event:
    (event,) = read_xml(folder, an_xml_event(more, **parts))
    return event


SAME: list[tuple[str, str, dict[str, Any]]] = [
    ("nothing more", "", {}),
    ("id", "<eventID>urn:uuid:1</eventID>", {"eventID": "urn:uuid:1"}),
    ("recorded", "<recordTime>2026-03-02T00:00:00Z</recordTime>", {"recordTime": "2026-03-02T00:00:00Z"}),
    ("step", "<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>", {"bizStep": "shipping"}),
    ("own step", "<bizStep>https://scherp.example/ns/drying</bizStep>", {"bizStep": "scherp:drying"}),
    ("own step, short", "<bizStep>s:drying</bizStep>", {"bizStep": "scherp:drying"}),
    ("disposition", "<disposition>urn:epcglobal:cbv:disp:active</disposition>", {"disposition": "active"}),
    (
        "read point",
        f"<readPoint><id> {SHOP} </id><ex:door>a</ex:door></readPoint>",
        {"readPoint": {"id": SHOP, "ex:door": "a"}},
    ),
    ("location", f"<bizLocation><id>{SHOP}</id></bizLocation>", {"bizLocation": {"id": SHOP}}),
    (
        "documents",
        '<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:x:1</bizTransaction>'
        "<bizTransaction>urn:x:2</bizTransaction></bizTransactionList>",
        {"bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}, {"bizTransaction": "urn:x:2"}]},
    ),
    (
        "parties",
        '<sourceList><source type="urn:epcglobal:cbv:sdt:location">urn:x:1</source></sourceList>'
        '<destinationList><destination type="urn:x:t">urn:x:2</destination></destinationList>',
        {
            "sourceList": [{"type": "location", "source": "urn:x:1"}],
            "destinationList": [{"type": "urn:x:t", "destination": "urn:x:2"}],
        },
    ),
    (
        "quantities",
        f"<quantityList><quantityElement><epcClass>{LOT}</epcClass><quantity>2.5</quantity><uom>KGM</uom>"
        f"</quantityElement><quantityElement><epcClass>{ITEM}</epcClass></quantityElement></quantityList>",
        {"quantityList": [{"epcClass": LOT, "quantity": 2.5, "uom": "KGM"}, {"epcClass": ITEM}]},
    ),
    (
        "sensors",
        '<sensorElementList><sensorElement><sensorMetadata deviceID="urn:x:d" ex:more="m"/>'
        '<sensorReport type="gs1:Temperature" value="7.1" booleanValue="true" percRank="50"/><ex:extra>e</ex:extra>'
        "</sensorElement></sensorElementList>",
        {
            "sensorElementList": [
                {
                    "sensorMetadata": {"deviceID": "urn:x:d", "ex:more": "m"},
                    "sensorReport": [{"type": "Temperature", "value": 7.1, "booleanValue": True, "percRank": 50}],
                    "ex:extra": "e",
                }
            ]
        },
    ),
    (
        "persistent",
        "<persistentDisposition><set>urn:epcglobal:cbv:disp:damaged</set></persistentDisposition>",
        {"persistentDisposition": {"set": ["damaged"]}},
    ),
    ("certificate", "<certificationInfo>urn:x:c</certificationInfo>", {"certificationInfo": ["urn:x:c"]}),
    (
        "taken back",
        "<errorDeclaration><declarationTime>2026-03-05T00:00:00Z</declarationTime>"
        "<reason>urn:epcglobal:cbv:er:did_not_occur</reason><correctiveEventIDs><correctiveEventID>urn:x:2"
        "</correctiveEventID></correctiveEventIDs><ex:by>clerk</ex:by></errorDeclaration>",
        {
            "errorDeclaration": {
                "declarationTime": "2026-03-05T00:00:00Z",
                "reason": "did_not_occur",
                "correctiveEventIDs": ["urn:x:2"],
                "ex:by": "clerk",
            }
        },
    ),
    (
        "lot data",
        '<ilmd><ex:a>text</ex:a><s:thc>0.25</s:thc><ex:n xsi:type="xsd:integer">3</ex:n></ilmd>',
        {"ilmd": {"ex:a": "text", "scherp:thc": 0.25, "ex:n": 3}},
    ),
    (
        "extensions",
        '<ex:t>12</ex:t><s:actor>grower-1</s:actor><s:n>7</s:n><s:w>0.5</s:w><ex:b xsi:type="xsd:boolean">true</ex:b>'
        '<ex:d xsi:type="xsd:double">2.5</ex:d><ex:m><ex:i>1</ex:i><ex:i>2</ex:i><s:k>3</s:k></ex:m>'
        "<ex:l>a</ex:l><ex:l>b</ex:l>",
        {
            "ex:t": "12",
            "scherp:actor": "grower-1",
            "scherp:n": 7,
            "scherp:w": 0.5,
            "ex:b": True,
            "ex:d": 2.5,
            "ex:m": {"ex:i": ["1", "2"], "scherp:k": 3},
            "ex:l": ["a", "b"],
        },
    ),
]


@pytest.mark.parametrize(("more", "fields"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_xml_and_json_of_one_event_give_one_record(tmp_path: Path, more: str, fields: dict[str, Any]) -> None:
    assert one(tmp_path, more) == read_one(tmp_path, **fields)


def test_the_other_classes_give_one_record_too(tmp_path: Path) -> None:
    packed = "<parentID>urn:x:box</parentID><childEPCs><epc>urn:x:1</epc></childEPCs>"
    assert one(tmp_path, items=packed, name="AggregationEvent") == read_one(
        tmp_path, type="AggregationEvent", epcList=..., parentID="urn:x:box", childEPCs=["urn:x:1"]
    )
    made = (
        "<inputEPCList><epc>urn:x:1</epc></inputEPCList><outputQuantityList><quantityElement><epcClass>urn:x:2</epcClass>"
        "<quantity>4</quantity></quantityElement></outputQuantityList><transformationID>urn:x:t</transformationID>"
    )
    assert one(tmp_path, items=made, name="TransformationEvent", action="") == read_one(
        tmp_path,
        type="TransformationEvent",
        epcList=...,
        action=...,
        inputEPCList=["urn:x:1"],
        outputQuantityList=[{"epcClass": "urn:x:2", "quantity": 4}],
        transformationID="urn:x:t",
    )


def test_a_moment_that_says_so_is_a_moment(tmp_path: Path) -> None:
    event = one(tmp_path, '<ex:at xsi:type="xsd:dateTime">2026-01-01T00:00:00Z</ex:at>')
    assert event.attributes["ex:at"] == datetime(2026, 1, 1, tzinfo=UTC)


def test_only_plain_numbers_of_the_own_namespace_become_numbers(tmp_path: Path) -> None:
    event = one(tmp_path, "<s:a>007</s:a><s:b>1e3</s:b><s:c>+1</s:c><s:d>-0.50</s:d><s:e xsi:type='xsd:string'>5</s:e>")
    kept = {name[-1]: value for name, value in event.attributes.items() if name.startswith("scherp:")}
    assert kept == {"a": "007", "b": "1e3", "c": "+1", "d": Decimal("-0.50"), "e": "5"}


def test_attributes_of_an_extension_are_kept(tmp_path: Path) -> None:
    event = one(tmp_path, '<ilmd><ex:w measurementUnitCode="KGM">3.5</ex:w></ilmd>')
    assert event.attributes["ex:w"] == Nested('{"#text":"3.5","measurementUnitCode":"KGM"}')


def test_a_quantity_that_is_nil_is_not_known(tmp_path: Path) -> None:
    element = f"<quantityElement><epcClass>{LOT}</epcClass><quantity xsi:nil='true'/></quantityElement>"
    event = one(tmp_path, f"<quantityList>{element}</quantityList>")
    assert [(taking.object_id, taking.quantity) for taking in event.takes_part] == [(ITEM, None), (LOT, None)]


def test_what_1_x_wrapped_in_extensions_is_found(tmp_path: Path) -> None:
    wrapped = (
        f"<EventList><ObjectEvent>{WHEN}<baseExtension><eventID>urn:x:1</eventID><errorDeclaration><declarationTime>"
        "2026-03-05T00:00:00Z</declarationTime></errorDeclaration></baseExtension>"
        f"<epcList/><action>ADD</action><extension><quantityList><quantityElement><epcClass>{LOT}</epcClass>"
        "<quantity>1</quantity><uom>TNE</uom></quantityElement></quantityList><extension><ex:x>y</ex:x></extension>"
        f"</extension></ObjectEvent><extension><TransformationEvent>{WHEN}<inputEPCList><epc>urn:x:1</epc></inputEPCList>"
        "<outputEPCList><epc>urn:x:2</epc></outputEPCList></TransformationEvent><extension><AssociationEvent>"
        f"{WHEN}<parentID>urn:x:p</parentID><childEPCs><epc>urn:x:2</epc></childEPCs><action>ADD</action>"
        "</AssociationEvent></extension></extension></EventList>"
    )
    head = XML_HEAD.replace("epcis:xsd:2", "epcis:xsd:1").replace('"2.0"', '"1.2"')
    text = f"{head}<EPCISBody>{wrapped}</EPCISBody></epcis:EPCISDocument>"
    first, second, third = read_text(tmp_path, text, "in.xml")
    assert first.event_id == "urn:x:1"
    assert first.correction == Correction((), None, Instant(1772668800000000))
    assert quantity_of(first).quantity == Decimal(1000000)
    assert first.attributes["ex:x"] == "y"
    assert roles(second) == [("input", "uri", "urn:x:1"), ("output", "uri", "urn:x:2")]
    assert roles(third) == [("parent", "uri", "urn:x:p"), ("child", "uri", "urn:x:2")]


def test_a_query_document_and_a_default_namespace_are_read(tmp_path: Path) -> None:
    text = (
        '<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2" schemaVersion="2.0"><EPCISBody>'
        "<q:QueryResults><queryName>n</queryName><resultsBody><EventList>"
        f"{an_xml_event()}</EventList></resultsBody></q:QueryResults></EPCISBody></q:EPCISQueryDocument>"
    )
    plain = (
        f'<EPCISDocument xmlns="urn:epcglobal:epcis:xsd:2"><EPCISBody><EventList>{an_xml_event()}'
        "</EventList></EPCISBody></EPCISDocument>"
    )
    assert read_text(tmp_path, text, "in.xml") == read_text(tmp_path, gzip.compress(plain.encode()), "in.xml")
    assert len(read_text(tmp_path, text, "in.xml")) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{XML_HEAD}<EPCISBody><EventList/></EPCISBody></epcis:EPCISDocument>",
        f"{XML_HEAD}<EPCISHeader/></epcis:EPCISDocument>",
        '<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:2"/>',
        '<e:EPCISCaptureJob xmlns:e="urn:epcglobal:epcis:xsd:2" running="true"/>',
    ],
)
def test_a_valid_document_without_events_yields_nothing(tmp_path: Path, text: str) -> None:
    assert read_text(tmp_path, text, "in.xml") == []


def test_an_extension_may_be_called_an_event(tmp_path: Path) -> None:
    event = one(tmp_path, "<ex:lastEvent><ex:at>x</ex:at></ex:lastEvent>")
    assert nested(event.attributes["ex:lastEvent"]) == {"ex:at": "x"}


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        (an_xml_event(name="QuantityEvent"), "event 1, type: 'QuantityEvent' is not one of the event classes"),
        (f"<Oops/>{an_xml_event()}", "event 1: before it stands 'Oops', which is not an event"),
        (an_xml_event(action="observe"), "event 1, action: 'observe' is not an action"),
        (an_xml_event(items=""), "event 1: an ObjectEvent needs epcList, quantityList or sensorElementList"),
        (an_xml_event("<note>x</note>"), "event 1, note: 'note' is not a field of an ObjectEvent"),
        (an_xml_event(ITEMS), "event 1: the field epcList occurs twice"),
        (an_xml_event("<eventID/>"), "event 1, eventID: the text is empty"),
        (an_xml_event(items="<epcList><epc/></epcList>"), "event 1, epcList[0]: it is not an identifier"),
        (an_xml_event('<ex:n xsi:type="xsd:integer">1.5</ex:n>'), "event 1: '1.5' is not a whole number"),
        (an_xml_event('<ex:n xsi:type="xsd:double">x</ex:n>'), "event 1: 'x' is not a number"),
        (an_xml_event('<ex:n xsi:type="xsd:boolean">yes</ex:n>'), "event 1: 'yes' is neither true nor false"),
        (
            an_xml_event('<ex:n xsi:type="xsd:dateTime">2026-01-01T00:00:00</ex:n>'),
            "event 1: '2026-01-01T00:00:00' has no offset",
        ),
        (
            an_xml_event(
                "<quantityList><quantityElement><epcClass>urn:x:1</epcClass><quantity>1e3</quantity></quantityElement>"
                "</quantityList>"
            ),
            "event 1: '1e3' is not a decimal number",
        ),
    ],
)
def test_each_fault_of_an_event_has_its_sentence(tmp_path: Path, events: str, sentence: str) -> None:
    text = f"{XML_HEAD}<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"
    (found,) = faults_of(tmp_path, text, "in.xml")
    assert found.startswith(f"in.xml: {sentence}")


@pytest.mark.parametrize(
    "text",
    [
        "<html/>",
        "<EPCISDocument/>",
        '<log xmlns="http://www.xes-standard.org/"/>',
        "",
        "{}",
        f"{XML_HEAD}<EPCISBody><EventList>{an_xml_event()}",
    ],
)
def test_what_is_no_epcis_is_refused(tmp_path: Path, text: str) -> None:
    (found,) = faults_of(tmp_path, text, "in.xml")
    assert found.startswith("in.xml: ")
