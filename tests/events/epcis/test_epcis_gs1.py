"""GS1's public example documents are all read, every event of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from epcis_samples import DATA, needs_data

from scherp.events.epcis import read_epcis_json, read_epcis_xml
from scherp.events.model import Event, Reading, Record

JSON_FILES = sorted((DATA / "json").rglob("*.jsonld"))
XML_FILES = sorted((DATA / "xml").rglob("*.xml"))


def events_of(path: Path) -> list[Event]:
    reader = read_epcis_xml if path.suffix == ".xml" else read_epcis_json
    records: list[Record] = list(reader(path, Reading(shown=path.name)))
    return [record for record in records if isinstance(record, Event)]


def written(path: Path) -> list[dict[str, Any]]:
    body = json.loads(path.read_text(encoding="utf-8"))["epcisBody"]
    events: list[dict[str, Any]] = body.get("queryResults", {}).get("resultsBody", body).get("eventList")
    return events


@needs_data
def test_all_json_documents_give_all_their_events() -> None:
    assert len(JSON_FILES) == 47
    for path in JSON_FILES:
        events, given = events_of(path), written(path)
        assert [event.attributes["eventType"] for event in events] == [one["type"] for one in given]
        assert [event.event_id for event in events if event.event_id in {one.get("eventID") for one in given}] == [
            one["eventID"] for one in given if "eventID" in one
        ]
    assert sum(len(events_of(path)) for path in JSON_FILES) == 56


@needs_data
def test_all_xml_documents_give_all_their_events() -> None:
    assert len(XML_FILES) == 37
    for path in XML_FILES:
        assert len(events_of(path)) == len(re.findall(r"</\w+Event>", path.read_text(encoding="utf-8-sig")))
    assert sum(len(events_of(path)) for path in XML_FILES) == 63


# Of each pair the first event; of the second ones GS1 gives XML and JSON different extensions or documents.
TWINS = [
    ("Example_9.6.1-ObjectEvent.jsonld", "Mimasu/Example1.xml"),
    ("Example_9.6.2-ObjectEvent.jsonld", "Mimasu/Example2.xml"),
    ("Example_9.6.3-AggregationEvent.jsonld", "Mimasu/Example3.xml"),
    ("Example_9.6.4-TransformationEvent.jsonld", "Mimasu/Example4.xml"),
]


@needs_data
@pytest.mark.parametrize(("json_name", "xml_name"), TWINS)
def test_the_examples_that_gs1_gives_twice_agree(json_name: str, xml_name: str) -> None:
    one, other = events_of(DATA / "json" / json_name)[0], events_of(DATA / "xml" / xml_name)[0]
    assert (one.type, one.time, one.place) == (other.type, other.time, other.place)
    assert one.takes_part == other.takes_part
