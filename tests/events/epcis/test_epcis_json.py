"""What the JSON reader makes of documents, and of each field of an event."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from epcis_samples import (
    CONTEXT,
    ITEM,
    LOT,
    SHOP,
    a_document,
    an_event,
    faults_of,
    nested,
    quantity_of,
    read_json,
    read_one,
    read_text,
    roles,
)

from scherp.events.epcis import json_reader
from scherp.events.model import Correction, Instant, Taking

NOON = Instant(1772362800000000, 60)
QUERY = {
    "@context": CONTEXT,
    "type": "EPCISQueryDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-01-01T00:00:00Z",
    "epcisBody": {
        "queryResults": {"queryName": "q", "resultsBody": {"eventList": [an_event(), an_event(eventID="b")]}}
    },
}

# --- documents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(a_document(an_event(), an_event(eventID="b"))),
        json.dumps(a_document(an_event(), an_event(eventID="b")), indent=2),
        json.dumps(QUERY),
        json.dumps([an_event(), an_event(eventID="b")]),
        json.dumps(an_event()) + "\n" + json.dumps(an_event(eventID="b")),
        "\n" + json.dumps(an_event()) + "\r\n\n" + json.dumps(an_event(eventID="b")) + "\n",
        gzip.compress(json.dumps(QUERY).encode()),
    ],
    ids=["document", "indented", "query", "list", "lines", "blank lines", "gzip"],
)
def test_the_same_events_in_every_kind_of_file(tmp_path: Path, text: str | bytes) -> None:
    first, second = read_text(tmp_path, text)
    assert (first.time, first.type) == (NOON, "ObjectEvent")
    assert str(first.event_id).startswith("ni:///sha-256;")
    assert second.event_id == "b"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_single_event_is_a_document_too(tmp_path: Path, indent: int | None) -> None:
    bare = an_event(**{"@context": CONTEXT})
    single = a_document() | {"epcisBody": {"event": an_event()}}
    assert read_text(tmp_path, json.dumps(bare, indent=indent)) == read_text(
        tmp_path, json.dumps(single, indent=indent)
    )
    assert len(read_text(tmp_path, json.dumps(bare))) == 1


@pytest.mark.parametrize(
    "document",
    [
        a_document(),
        a_document() | {"epcisBody": {}},
        {"type": "EPCISDocument", "epcisHeader": {"epcisMasterData": {"vocabularyList": []}}},
        {"type": "EPCISMasterDataDocument", "epcisBody": {"vocabularyList": []}},
        {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": {"resultsBody": {"eventList": []}}}},
        {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": {"resultsBody": {"vocabularyList": []}}}},
        {"captureID": "x", "running": False, "success": True, "captureErrorBehaviour": "rollback"},
        [],
    ],
)
def test_a_valid_document_without_events_yields_nothing(tmp_path: Path, document: Any) -> None:
    assert read_json(tmp_path, document) == []


@pytest.mark.parametrize(
    "text",
    ["", "\n", "5", '"text"', "null", "{}", '{"type": "OtherDocument"}', '{"objectTypes": [], "events": []}', "<xml/>"],
)
def test_what_is_no_epcis_is_refused(tmp_path: Path, text: str) -> None:
    (sentence,) = faults_of(tmp_path, text)
    assert sentence.startswith("in.json")


@pytest.mark.parametrize("place", ["first", "last", "text", "map"])
def test_the_context_counts_wherever_it_stands(tmp_path: Path, place: str) -> None:
    context: Any = ["https://x.example/c.jsonld", {"own": "https://scherp.example/ns/"}]
    event = an_event(bizStep="own:destroying", **{"own:actor": "grower-1", "own:weight": 2.5})
    document = a_document(event, context=context)
    if place == "last":
        document["@context"] = document.pop("@context")
    if place == "map":
        document["@context"] = context[1]
    if place == "text":  # then only the event's own context binds the prefix
        document["@context"] = context[0]
        event["@context"] = [context[1]]
    (read,) = read_json(tmp_path, document)
    assert (read.type, read.actor) == ("scherp:destroying", "grower-1")
    assert read.attributes["scherp:weight"] == Decimal("2.5")


def test_a_first_line_of_any_length_may_be_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "_FIRST_LINE", 20)
    assert len(read_json(tmp_path, a_document(an_event(), an_event()))) == 2


# --- events ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling", ["shipping", "urn:epcglobal:cbv:bizstep:shipping", "https://ref.gs1.org/cbv/BizStep-shipping"]
)
def test_a_word_is_one_word_in_three_spellings(tmp_path: Path, spelling: str) -> None:
    event = read_one(tmp_path, bizStep=spelling)
    assert event.type == event.attributes["bizStep"] == "shipping"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://scherp.example/ns/destroying", "scherp:destroying"),
        ("scherp:destroying", "scherp:destroying"),
        ("urn:example:bizstep:drying", "urn:example:bizstep:drying"),
        ("ex:drying", "ex:drying"),
        ("https://ref.gs1.org/cbv/BizStep-", "https://ref.gs1.org/cbv/BizStep-"),
        ("urn:epcglobal:cbv:disp:active", "urn:epcglobal:cbv:disp:active"),
    ],
)
def test_a_private_word_keeps_its_spelling(tmp_path: Path, written: str, kept: str) -> None:
    assert read_one(tmp_path, bizStep=written).type == kept


def test_without_a_step_the_type_is_the_class(tmp_path: Path) -> None:
    event = read_one(tmp_path)
    assert event.type == event.attributes["eventType"] == "ObjectEvent"


def test_times_keep_their_offsets(tmp_path: Path) -> None:
    zoned = read_one(tmp_path, eventTime="2026-03-01T11:00:00Z", recordTime="2026-03-02T00:00:00-05:00")
    assert zoned.time == NOON
    assert zoned.recorded == Instant(1772427600000000, -300)
    assert read_one(tmp_path, eventTimeZoneOffset=...).time == NOON
    assert read_one(tmp_path, eventTimeZoneOffset="-14:00").time == Instant(NOON.micros, -840)


def test_where_it_was_read_comes_before_where_it_stays(tmp_path: Path) -> None:
    both = read_one(tmp_path, readPoint={"id": SHOP, "ex:door": 7}, bizLocation={"id": "urn:x:hall"})
    assert both.place == both.attributes["readPoint"] == SHOP
    assert both.attributes["bizLocation"] == "urn:x:hall"
    assert both.attributes["readPoint.ex:door"] == 7
    assert roles(both)[1:] == [("read_point", "sgln", SHOP), ("location", "uri", "urn:x:hall")]
    assert read_one(tmp_path, bizLocation={"id": "urn:x:hall"}).place == "urn:x:hall"
    assert read_one(tmp_path).place is None


def test_an_aggregation_has_a_parent_and_children(tmp_path: Path) -> None:
    box = "urn:epc:id:sscc:9521234.1234567890"
    event = read_one(
        tmp_path,
        type="AggregationEvent",
        epcList=...,
        parentID=box,
        childEPCs=[ITEM],
        childQuantityList=[{"epcClass": LOT, "quantity": 2, "uom": "KGM"}, {"epcClass": "https://x.example/01/1"}],
    )
    assert event.takes_part == [
        Taking(box, "sscc", "parent"),
        Taking(ITEM, "sgtin", "child"),
        Taking(LOT, "lgtin", "child", Decimal(2000), "GRM"),
        Taking("https://x.example/01/1", "uri", "child"),
    ]
    assert event.attributes["uom"] == "KGM"


def test_a_transformation_has_inputs_and_outputs(tmp_path: Path) -> None:
    event = read_one(
        tmp_path,
        type="TransformationEvent",
        epcList=...,
        action=...,
        inputEPCList=[ITEM],
        inputQuantityList=[{"epcClass": LOT, "quantity": 1.25, "uom": "KGM"}],
        outputEPCList=["https://id.gs1.org/01/09521234678908/21/9"],
        outputQuantityList=[{"epcClass": "urn:epc:idpat:sgtin:9521234.067890.*", "quantity": 40}],
        transformationID="urn:x:t1",
    )
    assert event.takes_part == [
        Taking(ITEM, "sgtin", "input"),
        Taking("https://id.gs1.org/01/09521234678908/21/9", "sgtin", "output"),
        Taking(LOT, "lgtin", "input", Decimal(1250), "GRM"),
        Taking("urn:epc:idpat:sgtin:9521234.067890.*", "gtin", "output", Decimal(40), None),
        Taking("urn:x:t1", "transformation", "transformation"),
    ]
    assert event.attributes["transformationID"] == "urn:x:t1"
    assert "action" not in event.attributes


def test_documents_and_parties_take_part(tmp_path: Path) -> None:
    party = "urn:epc:id:pgln:9521234.00001"
    event = read_one(
        tmp_path,
        type="TransactionEvent",
        bizTransactionList=[
            {"type": "urn:epcglobal:cbv:btt:desadv", "bizTransaction": "urn:x:1"},
            {"type": "https://ref.gs1.org/cbv/BTT-po", "bizTransaction": "urn:x:2"},
            {"bizTransaction": "urn:x:3"},
        ],
        sourceList=[{"type": "possessing_party", "source": party}],
        destinationList=[{"type": "urn:epcglobal:cbv:sdt:owning_party", "destination": party}],
    )
    assert roles(event)[1:] == [
        ("transaction", "desadv", "urn:x:1"),
        ("transaction", "po", "urn:x:2"),
        ("transaction", "transaction", "urn:x:3"),
        ("source:possessing_party", "pgln", party),
        ("destination:owning_party", "pgln", party),
    ]


def test_a_quantity_is_a_decimal_to_the_last_digit(tmp_path: Path) -> None:
    text = json.dumps(a_document(an_event(quantityList=[{"epcClass": LOT, "quantity": "Q", "uom": "KGM"}])))
    for written, kept in [
        ("0.1", "100"),
        ("123456789.123456789", "123456789123.456789"),
        ("1E2", "100000"),
        ("3", "3000"),
    ]:
        (event,) = read_text(tmp_path, text.replace('"Q"', written))
        assert quantity_of(event) == Taking(LOT, "lgtin", "epc", Decimal(kept), "GRM")


def test_the_units_as_written_stay_an_attribute(tmp_path: Path) -> None:
    quantities = [{"epcClass": LOT, "quantity": 1, "uom": unit} for unit in ("MGM", "KGM", "MGM")]
    assert read_one(tmp_path, quantityList=quantities).attributes["uom"] == "MGM,KGM"
    assert "uom" not in read_one(tmp_path, quantityList=[{"epcClass": LOT, "quantity": 1}]).attributes


def test_extensions_and_lot_data_keep_name_and_type(tmp_path: Path) -> None:
    event = read_one(
        tmp_path,
        ilmd={"cbvmda:lotNumber": "007", "ex:thc": 0.10, "ex:same": "of the lot", "ex:organic": True},
        **{
            "ex:same": "of the event",
            "ex:count": 3,
            "ex:none": None,
            "ex:deep": {"b": [1.50, None], "a": {"ex:x": "é"}},
        },
    )
    assert {name: value for name, value in event.attributes.items() if ":" in name and name != "ex:deep"} == {
        "ex:same": "of the event",
        "ex:count": 3,
        "ex:none": None,
        "cbvmda:lotNumber": "007",
        "ex:thc": Decimal("0.10"),
        "ilmd:ex:same": "of the lot",
        "ex:organic": True,
    }
    assert event.attributes["ex:deep"].json == '{"a":{"ex:x":"é"},"b":[1.5,null]}'  # type: ignore[union-attr]


def test_sensors_dispositions_and_certificates_are_nested(tmp_path: Path) -> None:
    event = read_one(
        tmp_path,
        sensorElementList=[{"sensorReport": [{"type": "gs1:Temperature", "value": 7.10, "component": "cbv:Comp-x"}]}],
        persistentDisposition={"set": ["urn:epcglobal:cbv:disp:damaged"], "unset": ["active"]},
        certificationInfo="https://x.example/cert",
    )
    text = event.attributes["sensorElementList"].json  # type: ignore[union-attr]
    assert text == '[{"sensorReport":[{"component":"x","type":"Temperature","value":7.1}]}]'
    assert nested(event.attributes["persistentDisposition"]) == {"set": ["damaged"], "unset": ["active"]}
    assert nested(event.attributes["certificationInfo"]) == ["https://x.example/cert"]


def test_an_error_declaration_is_a_correction(tmp_path: Path) -> None:
    event = read_one(
        tmp_path,
        eventID="urn:uuid:1",
        errorDeclaration={
            "declarationTime": "2026-03-05T00:00:00+01:00",
            "reason": "urn:epcglobal:cbv:er:incorrect_data",
            "correctiveEventIDs": ["urn:uuid:2", "urn:uuid:3"],
            "ex:by": "clerk",
        },
    )
    assert event.correction == Correction(("urn:uuid:2", "urn:uuid:3"), "incorrect_data", Instant(1772665200000000, 60))
    assert event.attributes["errorDeclaration.ex:by"] == "clerk"
    bare = read_one(tmp_path, errorDeclaration={"declarationTime": "2026-03-05T00:00:00Z"})
    assert bare.correction == Correction((), None, Instant(1772668800000000))


def test_identifiers_stay_exactly_as_written(tmp_path: Path) -> None:
    written = ["urn:epc:id:sgtin:9521234.067890.A%2fb", "HTTPS://Shop.example/01/09521234678908/21/x?y", "plain text"]
    assert [taking.object_id for taking in read_one(tmp_path, epcList=written).takes_part] == written
