"""Reading is idempotent: what a store has is not read again, what is new is added, and every row is accounted for."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_samples import PLAIN, mapping, query, take, write

from scherp.events.manifest import read_manifest

HEAD = "case,activity,time,note\n"
ROWS = st.lists(
    st.tuples(*map(st.sampled_from, ("AB", ["a", "b", ""], ["2024-01-01", "", "x"], ["", "1", "n"]))),
    max_size=8,
)


def table(rows: list[tuple[str, ...]]) -> str:
    return HEAD + "".join(",".join(row) + "\n" for row in rows)


def files(store: Path) -> dict[str, bytes]:
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def test_the_same_document_twice_changes_nothing(tmp_path: Path) -> None:
    store, source = tmp_path / "s", write(tmp_path, PLAIN)
    assert take(store, source).snapshot == 1
    before = files(store)
    again = take(store, source)
    assert (again.snapshot, again.taken, again.known) == (1, [], ["table.csv"])
    assert files(store) == before


def test_the_same_bytes_under_another_name_change_nothing(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, PLAIN))
    assert take(store, write(tmp_path, PLAIN, "copy.csv")).known == ["copy.csv"]
    both = take(tmp_path / "t", tmp_path / "table.csv", tmp_path / "copy.csv")
    assert ([one.name for one in both.taken], both.known) == (["table.csv"], ["copy.csv"])


def test_the_same_rows_in_another_file_are_known(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, PLAIN))
    (one,) = take(store, write(tmp_path, PLAIN.replace(",", ";"), "other.csv")).taken
    assert (one.read, one.kept, one.known) == (3, 0, 3)
    assert len(query(store, "events", "event_id")) == 3


@settings(max_examples=15, deadline=None)
@given(ROWS, ROWS, st.randoms(use_true_random=False))
def test_a_longer_or_reordered_export_adds_only_what_is_new(
    first: list[tuple[str, ...]], more: list[tuple[str, ...]], shuffle: random.Random
) -> None:
    """The law: taking in a table and then a reordered longer one gives the same events as the longer one alone."""
    longer = first + more
    shuffle.shuffle(longer)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one, other = folder / "one", folder / "other"
        take(one, write(folder, table(first), "first.csv"))
        grown = take(one, write(folder, table(longer), "longer.csv"))
        take(other, folder / "longer.csv")
        columns = "event_id, type, time, CAST(note AS VARCHAR)"
        assert query(one, "events", columns) == query(other, "events", columns)
        assert query(one, "takes_part", "object_id, event_id") == query(other, "takes_part", "object_id, event_id")
        assert query(one, "objects", "object_id") == query(other, "objects", "object_id")
        for taken in grown.taken:
            assert taken.read == taken.kept + taken.known + taken.refused == len(longer)


def test_case_attributes_read_again_change_nothing(tmp_path: Path) -> None:
    store, how = tmp_path / "s", mapping(case_attributes=["note"])
    rows = [("A", "a", "2024-01-01", "1"), ("A", "b", "2024-01-02", "1.5"), ("B", "a", "2024-01-01", "2")]
    take(store, write(tmp_path, table(rows), "1.csv"), how=how)
    take(store, write(tmp_path, table([*rows, ("C", "a", "2024-01-01", "x")]), "2.csv"), how=how)
    assert query(store, "changes", "object_id, value, CAST(time AS DATE)::VARCHAR") == [("A", "1.5", "2024-01-02")]
    assert [row[0] for row in query(store, "objects", "object_id")] == ["A", "B", "C"]


def test_the_intake_record_says_what_was_read(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, PLAIN + ",x,2024-01-01\n"))
    record = json.loads((store / "intake.json").read_bytes())
    manifest, _ = read_manifest(store)
    (source,) = record["sources"]
    assert record["snapshot"] == manifest.number == 1
    assert {key: source[key] for key in ("name", "format", "read", "kept", "refused")} == {
        "name": "table.csv", "format": "table", "read": 4, "kept": 3, "refused": 1,
    }  # fmt: skip
    assert source["sha256"] == manifest.intake[0].sha256


def test_each_manifest_holds_the_hash_of_the_one_before(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, PLAIN))
    _, first = read_manifest(store)
    take(store, write(tmp_path, PLAIN + "D,start,2024-05-01\n", "more.csv"))
    second, _ = read_manifest(store)
    assert (second.number, second.previous) == (2, first)
    assert read_manifest(store, 1)[0].number == 1


def test_another_mapping_reads_the_same_file_anew(tmp_path: Path) -> None:
    store, source = tmp_path / "s", write(tmp_path, "case,activity,time\nA,a,2024-07-01T10:00\n")
    take(store, source)
    (one,) = take(store, source, how=mapping(zone="Europe/Amsterdam")).taken
    assert (one.kept, one.known) == (1, 0)


@pytest.mark.parametrize("own", ["1", "id-1"])
def test_an_event_with_its_own_id_is_known_by_it(tmp_path: Path, own: str) -> None:
    store, how = tmp_path / "s", mapping(event_id="id")
    take(store, write(tmp_path, f"id,case,activity,time\n{own},A,a,2024-01-01\n,A,b,2024-01-02\n", "1.csv"), how=how)
    more = f"id,case,activity,time\n2,A,c,2024-01-03\n{own},A,a,2024-01-01\n{own},A,a,2024-01-01\n,A,b,2024-01-02\n"
    (one,) = take(store, write(tmp_path, more, "2.csv"), how=how).taken
    assert (one.read, one.kept, one.known) == (4, 1, 3)
    assert own in {row[0] for row in query(store, "events", "event_id")}
