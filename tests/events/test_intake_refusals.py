"""A bad document is refused whole, with sentences, and leaves nothing of itself; the good ones beside it are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from table_samples import PLAIN, mapping, query, take, write

from scherp.events.manifest import read_manifest
from scherp.events.mapping import Mapping
from scherp.faults import Refused


def ocel(
    *events: tuple[str, str, str, str], objects: dict[str, dict[str, str]] | None = None, relations: bool = False
) -> str:
    """An OCEL document: events are (id, type, time, object); objects have attributes by their id."""
    held = objects or {object_id: {} for *_, object_id in events}
    names = sorted({name for attributes in held.values() for name in attributes})
    return json.dumps(
        {
            "eventTypes": [{"name": kind, "attributes": []} for kind in sorted({kind for _, kind, _, _ in events})],
            "objectTypes": [{"name": "order", "attributes": [{"name": name, "type": "string"} for name in names]}],
            "events": [
                {
                    "id": event_id,
                    "type": kind,
                    "time": time,
                    "attributes": [],
                    "relationships": [{"objectId": object_id, "qualifier": "for"}],
                }
                for event_id, kind, time, object_id in events
            ],
            "objects": [
                {
                    "id": object_id,
                    "type": "order",
                    "attributes": [
                        {"name": name, "time": "1970-01-01T00:00:00Z", "value": word}
                        for name, word in attributes.items()
                    ],
                    "relationships": [{"objectId": object_id, "qualifier": "self"}] if relations else [],
                }
                for object_id, attributes in held.items()
            ],
        }
    )


NEW = ("e1", "place", "2024-01-01T10:00:00Z", "o1")


def test_an_ocel_document_is_taken_in(tmp_path: Path) -> None:
    store = tmp_path / "s"
    outcome = take(store, write(tmp_path, ocel(NEW, objects={"o1": {"size": "L"}}), "a.jsonocel"))
    assert outcome.faults == []
    assert query(store, "takes_part", "object_id, event_id, role") == [("o1", "e1", "for")]
    assert query(store, "objects", "object_id, type, size") == [("o1", "order", "L")]


def test_one_id_with_other_content_refuses_the_later_document_whole(tmp_path: Path) -> None:
    store = tmp_path / "s"
    first = write(tmp_path, ocel(NEW), "1.jsonocel")
    clash = ocel(
        ("e1", "place", "2024-01-01T11:00:00Z", "o1"),
        ("e2", "send", "2024-01-02T10:00:00Z", "o9"),
        objects={"o1": {"size": "L"}, "o9": {"secret": "x"}},
        relations=True,
    )
    third = write(tmp_path, ocel(("e3", "send", "2024-01-03T10:00:00Z", "o1")), "3.jsonocel")
    outcome = take(store, first, write(tmp_path, clash, "2.jsonocel"), third)
    assert [one.name for one in outcome.taken] == ["1.jsonocel", "3.jsonocel"]
    (fault,) = outcome.faults
    assert str(fault).startswith("2.jsonocel: the event id 'e1' is known with other content.")
    assert [row[0] for row in query(store, "events", "event_id")] == ["e1", "e3"]
    # of the refused document no event, no object, no attribute and no relation came in
    assert query(store, "objects", "object_id") == [("o1",)]
    assert query(store, "relations", "from_id") == []
    assert query(store, "changes", "object_id") == []


def test_a_later_intake_with_other_content_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, ocel(NEW), "1.jsonocel"))
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    clash = ocel(("e1", "place", "2025-01-01T10:00:00Z", "o1"), objects={"o1": {"size": "XL"}})
    outcome = take(store, write(tmp_path, clash, "2.jsonocel"))
    assert (outcome.snapshot, len(outcome.faults), outcome.taken) == (1, 1, [])
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before


def test_a_table_whose_own_ids_clash_is_refused_whole(tmp_path: Path) -> None:
    store, how = tmp_path / "s", mapping(event_id="id")
    take(store, write(tmp_path, "id,case,activity,time\n1,A,a,2024-01-01\n", "1.csv"), how=how)
    outcome = take(
        store, write(tmp_path, "id,case,activity,time\n2,A,b,2024-01-02\n1,A,a,2024-01-09\n", "2.csv"), how=how
    )
    assert (outcome.taken, len(outcome.faults)) == ([], 1)
    assert query(store, "events", "event_id") == [("1",)]
    inside = take(
        tmp_path / "t", write(tmp_path, "id,case,activity,time\n1,A,a,2024-01-01\n1,A,b,2024-01-01\n", "3.csv"), how=how
    )
    assert (inside.taken, inside.snapshot) == ([], 0)
    assert "'1'" in str(inside.faults[0])


def test_good_and_bad_documents_beside_each_other(tmp_path: Path) -> None:
    store = tmp_path / "s"
    sources = [
        write(tmp_path, PLAIN, "good.csv"),
        write(tmp_path, "a,b\n1,2\n", "bad.csv"),
        write(tmp_path, '{"eventTypes": [', "bad.jsonocel"),
        write(tmp_path, ocel(NEW), "good.jsonocel"),
    ]
    outcome = take(store, *sources)
    assert sorted(one.name for one in outcome.taken) == ["good.csv", "good.jsonocel"]
    assert {fault.where.split(":")[0] for fault in outcome.faults} == {"bad.csv", "bad.jsonocel"}
    assert len(query(store, "events", "event_id")) == 4


def test_a_store_is_not_made_where_everything_is_refused(tmp_path: Path) -> None:
    outcome = take(tmp_path / "s", write(tmp_path, "a,b\n1,2\n"))
    assert (outcome.snapshot, len(outcome.faults) > 0) == (0, True)
    assert not (tmp_path / "s" / "current").exists()
    assert take(tmp_path / "s", write(tmp_path, PLAIN)).snapshot == 1


def test_a_table_without_a_mapping_is_refused_with_what_to_do(tmp_path: Path) -> None:
    outcome = take(tmp_path / "s", write(tmp_path, PLAIN), how=Mapping())
    assert "--mapping" in str(outcome.faults[0])


def test_names_that_no_database_takes_are_kept_all_the_same(tmp_path: Path) -> None:
    """An attribute may be called nothing, or hold a NUL; it then stands in a column of another name."""
    store = tmp_path / "s"
    document = ocel(NEW, objects={"o1": {"": "nameless", "a\0b": "zero", 'it\'s "x"; --': "quoted"}})
    assert take(store, write(tmp_path, document, "a.jsonocel")).faults == []
    (kind,) = read_manifest(store)[0].object_types
    held = {a.name: query(store, "objects", '"' + a.column.replace('"', '""') + '"')[0][0] for a in kind.attributes}
    assert held == {"": "nameless", "a\0b": "zero", 'it\'s "x"; --': "quoted"}


def test_object_types_and_ids_are_never_part_of_a_statement(tmp_path: Path) -> None:
    odd = "o'1\"; DROP TABLE facts; --\0"
    document = ocel(("e'1", "t'; --\0", "2024-01-01T10:00:00Z", odd)).replace('"order"', json.dumps("or'der\"\0/../x"))
    store = tmp_path / "s"
    assert take(store, write(tmp_path, document, "a.jsonocel")).faults == []
    assert query(store, "takes_part", "object_id, event_type") == [(odd, "t'; --\0")]
    assert query(store, "objects", "type") == [("or'der\"\0/../x",)]
    assert all(path.is_relative_to(store / "parts") for path in store.rglob("*.parquet"))


def test_the_store_is_not_made_in_a_folder_with_other_things(tmp_path: Path) -> None:
    source = write(tmp_path, PLAIN)
    with pytest.raises(Refused, match="the folder holds other things and is no store"):
        take(tmp_path, source)
    with pytest.raises(Refused, match="cannot be written"):
        take(source / "store", source)
    with pytest.raises(Refused, match="cannot be written"):
        take(tmp_path / ("x" * 300), source)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["table.csv"]
