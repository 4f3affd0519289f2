"""OCEL 2.0 in JSON: its own ways to be wrong, and what it leaves open."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scherp.events.instants import parse_instant
from scherp.events.model import Change, Event, Object, Reading, Record, Relation
from scherp.events.ocel.json import read_ocel_json
from scherp.faults import Refused


def document(**changes: Any) -> dict[str, Any]:
    return {
        "objectTypes": [{"name": "order", "attributes": [{"name": "price", "type": "float"}]}],
        "eventTypes": [{"name": "pay", "attributes": []}],
        "objects": [{"id": "o1", "type": "order"}],
        "events": [{"id": "e1", "type": "pay", "time": "2024-01-01T00:00:00Z"}],
    } | changes


def event(**changes: Any) -> dict[str, Any]:
    return {"id": "e1", "type": "pay", "time": "2024-01-01T00:00:00Z"} | changes


def read(folder: Path, content: object) -> list[Record]:
    path = folder / "log.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return list(read_ocel_json(path, Reading("log.json")))


def faults(folder: Path, content: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(folder, content)
    return [str(fault) for fault in refused.value.faults]


def test_lists_that_are_absent_or_null_inside_parts_are_empty(tmp_path: Path) -> None:
    bare = event(attributes=None, relationships=None)
    assert len(read(tmp_path, document(events=[bare]))) == 2


def test_objects_may_follow_the_events_and_types_may_follow_both(tmp_path: Path) -> None:
    whole = document(events=[event(relationships=[{"objectId": "o1", "qualifier": None}])])
    turned = {key: whole[key] for key in ("events", "objects", "eventTypes", "objectTypes")}
    first, second = read(tmp_path, turned)
    assert isinstance(first, Event)
    assert (first.takes_part[0].object_type, first.takes_part[0].role) == ("order", "")
    assert second == Object("o1", "order", {})


def test_an_object_may_refer_to_a_later_one(tmp_path: Path) -> None:
    objects = [
        {"id": "o1", "type": "order", "relationships": [{"objectId": "o2", "qualifier": "next"}]},
        {"id": "o2", "type": "order"},
    ]
    assert Relation("o1", "o2", "next") in read(tmp_path, document(objects=objects))


def test_nothing_is_known_before_the_first_value_that_is_not_null(tmp_path: Path) -> None:
    values = [
        {"name": "price", "value": None, "time": "2024-01-01T00:00:00Z"},
        {"name": "price", "value": 1, "time": "2024-01-02T00:00:00Z"},
        {"name": "price", "value": None, "time": "2024-01-03T00:00:00Z"},
    ]
    objects = [{"id": "o1", "type": "order", "attributes": values}]
    first, change, _ = read(tmp_path, document(objects=objects))
    assert first == Object("o1", "order", {"price": Decimal(1)})
    assert isinstance(change, Change)
    assert (change.value, change.time) == (None, parse_instant("2024-01-03T00:00:00Z"))


def test_values_that_are_written_as_text_get_their_declared_type(tmp_path: Path) -> None:
    objects = [{"id": "o1", "type": "order", "attributes": [{"name": "price", "value": "4.50"}]}]
    assert Object("o1", "order", {"price": Decimal("4.50")}) in read(tmp_path, document(objects=objects))


def test_attributes_that_are_not_declared_keep_the_type_in_which_they_are_written(tmp_path: Path) -> None:
    told = {"text": "1.5", "number": 1.5, "whole": 3, "yes": True, "none": None}
    attributes = [{"name": name, "value": value} for name, value in told.items()]
    (found,) = [r for r in read(tmp_path, document(events=[event(attributes=attributes)])) if isinstance(r, Event)]
    assert found.attributes == {"text": "1.5", "number": Decimal("1.5"), "whole": 3, "yes": True}
    assert [type(value) for value in found.attributes.values()] == [str, Decimal, int, bool]


def test_unknown_keys_are_left_alone(tmp_path: Path) -> None:
    assert len(read(tmp_path, document(events=[event(note="x")], title="y"))) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "log.json: $: it is not a map"),
        ({"events": [], "objects": [], "eventTypes": []}, "log.json: $: the key 'objectTypes' is missing"),
        (document(events={}), "log.json: $.events: it is not a list"),
        (document(objects=None), "log.json: $.objects: it is not a list"),
        (document(objectTypes=[{"attributes": []}]), "$.objectTypes[0]: object missing required field `name`"),
        (document(eventTypes=[{"name": "pay", "attributes": [{"name": "a"}]}]), "$.eventTypes[0].attributes[0]"),
        (
            document(eventTypes=[{"name": "pay", "attributes": [{"name": "a", "type": "money"}]}]),
            "$.eventTypes[0]: 'money' is not a type of attribute ('a')",
        ),
        (document(eventTypes=[{"name": "pay"}, {"name": "pay"}]), "$.eventTypes[1]: the type 'pay' is declared twice"),
        (document(events=[{"id": "e1", "type": "pay"}]), "$.events[0]: object missing required field `time`"),
        (document(events=[event(id=1)]), "$.events[0].id: expected `str`, got `int`"),
        (document(events=["e1"]), "$.events[0]: expected `object`, got `str`"),
        (document(objects=[{"id": "o1"}]), "$.objects[0]: object missing required field `type`"),
        (document(events=[event(relationships=[{}])]), "$.events[0].relationships[0]: object missing required field"),
        (document(events=[event(attributes=[{"value": 1}])]), "$.events[0].attributes[0]: object missing required"),
        (document(events=[event(attributes=[{"name": "a", "value": [1]}])]), "'a' is not of type string"),
        (document(events=[event(attributes=[{"name": "a", "value": 2**63}])]), "does not fit in 64 bits"),
        (
            document(events=[event(attributes=[{"name": "a", "value": 1}, {"name": "a", "value": 2}])]),
            "$.events[0]: the attribute 'a' has two values",
        ),
        (
            document(
                objects=[
                    {"id": "o1", "type": "order", "attributes": [{"name": "price", "value": n} for n in (1, 2)]},
                ]
            ),
            "$.objects[0]: the attribute 'price' has two values from the start",
        ),
    ],
)
def test_each_way_to_be_wrong_has_its_sentence(tmp_path: Path, content: object, said: str) -> None:
    assert any(said in fault for fault in faults(tmp_path, content)), faults(tmp_path, content)


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"events": [', "not json", '{"events": [{"id": }], "objects": [], "eventTypes": [], "objectTypes": []}'],
)
def test_malformed_json_is_refused(tmp_path: Path, text: str) -> None:
    assert all(fault.startswith("log.json: byte") or fault.startswith("log.json:") for fault in faults(tmp_path, text))


def test_faults_of_both_lists_come_together(tmp_path: Path) -> None:
    found = faults(tmp_path, document(objects=[{"id": "o1", "type": "x"}], events=[event(type="y")]))
    assert [fault.split(":")[1] for fault in found] == [" $.objects[0]", " $.events[0]"]
