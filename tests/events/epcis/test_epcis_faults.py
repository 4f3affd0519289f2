"""Every way to be wrong has one sentence that names the document, the event and the field; all of them are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from epcis_samples import ITEM, LOT, a_document, an_event, faults_of, read_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scherp.faults import Refused


def sentence_of(folder: Path, **fields: Any) -> str:
    (sentence,) = faults_of(folder, json.dumps(a_document(an_event(), an_event(**fields))))
    assert sentence.startswith("in.json: event 2")
    return sentence.removeprefix("in.json: event 2")


def kinds(name: str, **fields: Any) -> dict[str, Any]:
    """An event of another class than ObjectEvent, without what that class does not have."""
    return {"type": name, "epcList": ...} | fields


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type": ...}, ", type: the event has no type"),
        ({"type": 5}, ", type: 5 is not one of the event classes"),
        ({"type": "QuantityEvent"}, ", type: 'QuantityEvent' is not one of the event classes"),
        ({"eventTime": ...}, ", eventTime: it is missing"),
        ({"eventTime": None}, ", eventTime: it is not a text"),
        ({"eventTime": 5}, ", eventTime: it is not a text"),
        ({"eventTime": "yesterday"}, ", eventTime: 'yesterday' is not an ISO 8601"),
        ({"eventTime": "2026-02-30T00:00:00Z"}, ", eventTime: '2026-02-30T00:00:00Z' is not an ISO 8601"),
        ({"eventTime": "2026-03-01T12:00:00"}, ", eventTime: '2026-03-01T12:00:00' has no offset"),
        ({"eventTime": "2026-03-01"}, ", eventTime: '2026-03-01' has no offset"),
        ({"recordTime": "2026-03-01T12:00:00"}, ", recordTime: '2026-03-01T12:00:00' has no offset"),
        ({"eventTimeZoneOffset": "1:00"}, ", eventTimeZoneOffset: it is not an offset"),
        ({"eventTimeZoneOffset": "+14:30"}, ", eventTimeZoneOffset: it is not an offset"),
        ({"eventTimeZoneOffset": 60}, ", eventTimeZoneOffset: it is not an offset"),
        ({"eventID": ""}, ", eventID: the text is empty"),
        ({"eventID": 5}, ", eventID: it is not a text"),
        ({"action": ...}, ", action: it is missing"),
        ({"action": "observe"}, ", action: 'observe' is not an action"),
        ({"bizStep": ["shipping"]}, ", bizStep: it is not a text"),
        ({"bizStep": None}, ", bizStep: it is not a text"),
        ({"disposition": 1}, ", disposition: it is not a text"),
        ({"epclist": [ITEM]}, ", epclist: 'epclist' is not a field of an ObjectEvent"),
        ({"parentID": "urn:x:1"}, ", parentID: 'parentID' is not a field of an ObjectEvent"),
        ({"epcList": ...}, ": an ObjectEvent needs epcList, quantityList or sensorElementList"),
        ({"epcList": ITEM}, ", epcList: it is not a list"),
        ({"epcList": [ITEM, 5]}, ", epcList[1]: it is not an identifier"),
        ({"epcList": [""]}, ", epcList[0]: it is not an identifier"),
        (kinds("AggregationEvent", parentID="urn:x:1"), ": an AggregationEvent needs childEPCs or childQuantityList"),
        (kinds("AssociationEvent", childEPCs=[ITEM]), ", parentID: it is missing"),
        ({"type": "TransactionEvent"}, ", bizTransactionList: it is missing or empty"),
        (
            kinds("TransactionEvent", bizTransactionList=[{"bizTransaction": "urn:x:1"}]),
            ": a TransactionEvent needs epcList or quantityList",
        ),
        (
            kinds("TransformationEvent", action=..., inputEPCList=[ITEM]),
            ": a TransformationEvent without transformationID needs inputs and outputs",
        ),
        (
            kinds("TransformationEvent", action=..., transformationID="urn:x:1"),
            ": a TransformationEvent needs an input or an output",
        ),
        ({"quantityList": [5]}, ", quantityList[0].epcClass: it is not an identifier"),
        ({"quantityList": [{"quantity": 5}]}, ", quantityList[0].epcClass: it is not an identifier"),
        ({"quantityList": [{"epcClass": LOT, "quantity": "5"}]}, ", quantityList[0].quantity: it is not a number"),
        ({"quantityList": [{"epcClass": LOT, "quantity": True}]}, ", quantityList[0].quantity: it is not a number"),
        ({"quantityList": [{"epcClass": LOT, "quantity": None}]}, ", quantityList[0].quantity: it is not a number"),
        ({"quantityList": [{"epcClass": LOT, "quantity": 1e12}]}, ", quantityList[0].quantity: the quantity 1.000E+12"),
        ({"quantityList": [{"epcClass": LOT, "quantity": 1e-7}]}, ", quantityList[0].quantity: the quantity has more"),
        ({"quantityList": [{"epcClass": LOT, "quantity": 1, "uom": 2}]}, ", quantityList[0].uom: it is not the code"),
        ({"quantityList": [{"epcClass": LOT, "quantty": 1}]}, ", quantityList[0]: 'quantty' is not one of its fields"),
        ({"readPoint": "urn:x:1"}, ", readPoint: it is not a map"),
        ({"readPoint": {}}, ", readPoint.id: it is not an identifier"),
        ({"bizLocation": {"id": "urn:x:1", "name": "x"}}, ", bizLocation.name: it is not a field of bizLocation"),
        ({"bizTransactionList": [{"type": "po"}]}, ", bizTransactionList[0].bizTransaction: it is not an identifier"),
        (
            {"bizTransactionList": [{"type": 1, "bizTransaction": "urn:x:1"}]},
            ", bizTransactionList[0].type: it is not a word",
        ),
        ({"sourceList": [{"source": "urn:x:1"}]}, ", sourceList[0].type: it is missing"),
        ({"destinationList": [{"type": "location"}]}, ", destinationList[0].destination: it is not an identifier"),
        ({"persistentDisposition": {"put": []}}, ", persistentDisposition: it is not a map of the lists"),
        ({"certificationInfo": {}}, ", certificationInfo: it is neither a text nor a list"),
        ({"sensorElementList": [5]}, ", sensorElementList: a member is not a map"),
        ({"ilmd": []}, ", ilmd: it is not a map"),
        ({"scherp:actor": 5}, ", scherp:actor: it is not a text"),
        ({"errorDeclaration": {}}, ", errorDeclaration.declarationTime: it is missing"),
        (
            {"errorDeclaration": {"declarationTime": "2026-03-05T00:00:00Z", "reason": 5}},
            ", errorDeclaration.reason: it is not a text",
        ),
        (
            {"errorDeclaration": {"declarationTime": "2026-03-05T00:00:00Z", "correctiveEventIDs": "x"}},
            ", errorDeclaration.correctiveEventIDs: it is not a list of texts",
        ),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, fields: dict[str, Any], sentence: str) -> None:
    assert sentence_of(tmp_path, **fields).startswith(sentence)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"type": "EPCISDocument"}, "in.json: epcisBody: it is not a map"),
        ({"type": "EPCISDocument", "epcisBody": []}, "in.json: epcisBody: it is not a map"),
        ({"type": "EPCISDocument", "epcisBody": {"eventlist": []}}, "in.json: epcisBody: it has no eventList"),
        ({"type": "EPCISDocument", "epcisBody": {"eventList": {}}}, "in.json: epcisBody.eventList: it is not a list"),
        ({"type": "EPCISDocument", "epcisBody": {"event": []}}, "in.json: epcisBody.event: it is not a map"),
        (
            {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": 5}},
            "in.json: epcisBody.queryResults: it is not",
        ),
        (
            {"type": "EPCISQueryDocument", "epcisBody": {}},
            "in.json: epcisBody.queryResults.resultsBody: it has no eventList",
        ),
        (a_document(an_event()) | {"type": "Other"}, "in.json: it is not an EPCIS document"),
        (a_document(5), "in.json: event 1: expected `object`, got `int`"),
        (a_document([an_event()]), "in.json: event 1: expected `object`, got `array`"),
    ],
)
def test_a_document_that_is_wrong_says_where(tmp_path: Path, document: Any, sentence: str) -> None:
    (found,) = faults_of(tmp_path, json.dumps(document))
    assert found.startswith(sentence)


def test_all_faults_of_all_events_are_told_at_once(tmp_path: Path) -> None:
    document = a_document(an_event(action=..., eventTime="x"), an_event(), an_event(bizStep=1, recordTime=2))
    places = [found.split(": ")[1] for found in faults_of(tmp_path, json.dumps(document))]
    assert places == ["event 1, action", "event 1, eventTime", "event 3, bizStep", "event 3, recordTime"]


def test_after_fifty_sentences_the_rest_is_counted(tmp_path: Path) -> None:
    found = faults_of(tmp_path, json.dumps(a_document(*[an_event(action="x")] * 72)))
    assert len(found) == 51
    assert found[-1] == "in.json: and 22 more."


def test_of_lines_the_bad_ones_are_told_and_the_good_ones_not(tmp_path: Path) -> None:
    lines = [
        json.dumps(an_event()),
        '{"type": "ObjectEvent", ',
        json.dumps(an_event(action=5)),
        json.dumps(an_event())[:-9],
    ]
    first, second, third = faults_of(tmp_path, "\n".join(lines))
    assert first.startswith("in.json: event 2: ")
    assert second == "in.json: event 3, action: it is not a text."
    assert third.startswith("in.json: event 4: ")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(a_document(an_event())) + "x",
        json.dumps(a_document(an_event()))[:-20],
        '{"type": "EPCISDocument", "epcisBody": {"eventList": [], "eventList": []}}',
        '{"type": "EPCISDocument", "epcisBody": {"eventList": [{"a" 1}]}}',
        json.dumps(a_document(an_event(eventID="X"))).replace('"X"', "01"),
        json.dumps(a_document(an_event(eventID="X"))).replace('"X"', "1" + "0" * 5000),
        json.dumps(a_document(an_event(eventID="X"))).replace('"X"', '"\\ud800"'),
        json.dumps(a_document(an_event(eventID="X"))).encode().replace(b'"X"', b'"\xff"'),
        json.dumps(an_event(eventID="X")).encode().replace(b'"X"', b'"\xff"') + b"\n",
        "[" * 100_000,
        json.dumps(an_event())[:-1] + ', "ex:a": ' + "[" * 150_000 + "]" * 150_000 + "}\n",
    ],
    ids=[
        "trailing",
        "cut",
        "twice",
        "no colon",
        "zero",
        "long",
        "surrogate",
        "bytes",
        "line bytes",
        "deep",
        "deep line",
    ],
)
def test_malformed_json_is_refused(tmp_path: Path, text: str | bytes) -> None:
    assert all(found.startswith("in.json") for found in faults_of(tmp_path, text))


VALUES = st.sampled_from([None, True, 0, -1.5, 10**40, 1e300, "", "x", [], [None], [[]], {}, {"a": {}}, [{"id": 1}]])
NAMES = st.sampled_from(
    """type eventTime recordTime eventTimeZoneOffset eventID certificationInfo errorDeclaration bizStep disposition
    persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList sensorElementList epcList
    quantityList action ilmd parentID childEPCs childQuantityList inputEPCList outputQuantityList transformationID
    @context ex:note scherp:actor""".split()  # noqa: SIM905
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_whatever_a_field_holds_it_is_read_or_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    events, faults = [], []
    try:
        events = read_text(tmp_path, json.dumps(a_document(an_event(**fields))))
    except Refused as refused:
        faults = [str(fault) for fault in refused.faults]
    assert all(fault.startswith("in.json: event 1") for fault in faults)
    assert bool(faults) != (len(events) == 1)
