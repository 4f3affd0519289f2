"""OCEL 2.0 in SQLite: a file from a stranger is read and can do nothing, and a damaged one is refused."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from scherp.events.model import Change, Event, Object, Reading, Record, Relation, Taking
from scherp.events.ocel.sqlite import read_ocel_sqlite
from scherp.faults import Refused

WHOLE = """
create table event(ocel_id text, ocel_type text);
create table object(ocel_id text, ocel_type text);
create table event_object(ocel_event_id text, ocel_object_id text, ocel_qualifier text);
create table object_object(ocel_source_id text, ocel_target_id text, ocel_qualifier text);
create table event_map_type(ocel_type text, ocel_type_map text);
create table object_map_type(ocel_type text, ocel_type_map text);
create table event_Pay(ocel_id text, ocel_time text, amount real);
create table object_Order(ocel_id text, ocel_time text, ocel_changed_field text, price real, note text);
insert into event values ('e1', 'pay');
insert into object values ('o1', 'order'), ('o2', 'order');
insert into event_object values ('e1', 'o1', 'paid'), ('e1', 'o2', null);
insert into object_object values ('o1', 'o2', 'next');
insert into event_map_type values ('pay', 'Pay');
insert into object_map_type values ('order', 'Order');
insert into event_Pay values ('e1', '2024-01-01T00:00:00Z', 2.5);
insert into object_Order values
  ('o1', '1970-01-01 00:00:00', null, 1.5, null),
  ('o1', '2024-01-01 10:00:00+00:00', 'price', 2.0, null),
  ('o1', '2024-01-02 10:00:00+00:00', 'price', null, 'not told by this row');
"""


def build(folder: Path, *statements: str, start: str = WHOLE) -> Path:
    path = folder / "log.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(start + ";".join(statements))
        db.commit()
    return path


def read(path: Path, zone: str | None = None) -> list[Record]:
    return list(read_ocel_sqlite(path, Reading("log.sqlite", zone)))


def faults(path: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(path)
    return [str(fault) for fault in refused.value.faults]


def test_the_tables_become_records(tmp_path: Path) -> None:
    found = read(build(tmp_path))
    assert found[:2] == [Object("o1", "order", {"price": Decimal("1.5")}), Relation("o1", "o2", "next")]
    assert [(each.attribute, each.value) for each in found if isinstance(each, Change)] == [
        ("price", Decimal("2.0")),
        ("price", None),
    ]
    assert found[-2] == Object("o2", "order", {})  # it has no row of its own
    assert isinstance(found[-1], Event)
    assert found[-1].takes_part == [Taking("o1", "order", "paid"), Taking("o2", "order", "")]
    assert found[-1].attributes == {"amount": Decimal("2.5")}


def test_the_file_stays_as_it_was_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = build(tmp_path)
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["log.sqlite"]


def test_a_database_in_wal_mode_is_read_without_files_beside_it(tmp_path: Path) -> None:
    path = build(tmp_path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode=wal")
    records = read_ocel_sqlite(path, Reading("log.sqlite"))
    next(records)
    assert [each.name for each in tmp_path.iterdir()] == ["log.sqlite"]
    assert len(list(records)) == 5


def test_a_read_only_file_in_a_folder_with_odd_signs_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "a?mode=rw#b %20"
    folder.mkdir()
    path = build(folder)
    path.chmod(0o444)
    assert len(read(path)) == 6


def test_columns_without_a_type_keep_what_is_in_them(tmp_path: Path) -> None:
    path = build(
        tmp_path,
        "drop table event_Pay",
        "create table event_Pay(ocel_id, ocel_time, a, b, c, d)",
        "insert into event_Pay values ('e1', '2024-01-01T00:00:00Z', 1, 1.5, '1.5', null)",
    )
    (event,) = [each for each in read(path) if isinstance(each, Event)]
    assert event.attributes == {"a": 1, "b": Decimal("1.5"), "c": "1.5"}


def test_ids_that_are_numbers_are_texts(tmp_path: Path) -> None:
    path = build(
        tmp_path,
        "drop table event",
        "create table event(ocel_id integer, ocel_type text)",
        "insert into event values (7, 'pay')",
        "update event_Pay set ocel_id = 7",
        "update event_object set ocel_event_id = 7",
    )
    (event,) = [each for each in read(path) if isinstance(each, Event)]
    assert (event.event_id, len(event.takes_part)) == ("7", 2)


def test_naive_times_are_read_in_the_stated_zone_only(tmp_path: Path) -> None:
    path = build(tmp_path, "update event_Pay set ocel_time = '2024-07-01 10:00:00'")
    assert any("no offset" in said for said in faults(path))
    (event,) = [each for each in read(path, "UTC") if isinstance(each, Event)]
    assert event.time is not None


WAYS: dict[str, tuple[str, str]] = {
    "missing table": ("drop table object_object", "object_object: the table is missing"),
    "missing column": (
        "alter table event_object rename column ocel_qualifier to q",
        "event_object: the column 'ocel_qualifier' is missing",
    ),
    "missing table of a type": ("drop table event_Pay", "event_Pay: the table is missing"),
    "missing column of a type": (
        "alter table object_Order drop column ocel_changed_field",
        "object_Order: the column 'ocel_changed_field' is missing",
    ),
    "type not declared": ("update event set ocel_type = 'x'", "event: the event type 'x' is not declared"),
    "object type not declared": (
        "insert into object values ('o3', 'box')",
        "object: the object type 'box' is not declared",
    ),
    "event without a row": ("delete from event_Pay", "event: 'e1': 'event_Pay' has no row of this id"),
    "row without an event": (
        "insert into event_Pay values ('e2', null, 1)",
        "event_Pay: 'e2': 'event' has no 'pay' of this id",
    ),
    "row without an object": (
        "insert into object_Order values ('o3', null, null, 1, '')",
        "object_Order: 'o3': 'object' has no 'order' of this id",
    ),
    "link of an unknown event": (
        "insert into event_object values ('e9', 'o1', '')",
        "event_object: it refers to the event 'e9'",
    ),
    "link of an unknown object": (
        "insert into object_object values ('o9', 'o1', '')",
        "object_object: it refers to the object 'o9'",
    ),
    "changed field": (
        "update object_Order set ocel_changed_field = 'weight' where ocel_changed_field = 'price'",
        "object_Order: 'o1': the changed field 'weight' is not a column",
    ),
    "blob": ("update event_Pay set amount = x'00'", "'amount' is not of type float: it is not a single value"),
    "text in a number": ("update event_Pay set amount = 'x'", "'amount' is not of type float: 'x' is not a number"),
    "no id": ("update object set ocel_id = null where ocel_id = 'o2'", "object: '': the id is empty"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_be_wrong_has_its_sentence(tmp_path: Path, way: str) -> None:
    statement, said = WAYS[way]
    found = faults(build(tmp_path, statement))
    assert any(said in fault for fault in found), found


def test_all_missing_tables_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(build(tmp_path, start="create table other(x)"))) == 6


BOMB = "with recursive n(x) as (select 1 union all select x + 1 from n) select x, x from n"
HOSTILE: dict[str, tuple[str, ...]] = {
    "view": ("drop table event", f"create view event(ocel_id, ocel_type) as {BOMB}"),
    "view of a type": ("drop table event_Pay", f"create view event_Pay(ocel_id, ocel_time) as {BOMB}"),
    "virtual table": ("drop table event", "create virtual table event using fts5(ocel_id, ocel_type)"),
}


@pytest.mark.parametrize("way", HOSTILE)
def test_only_ordinary_tables_are_read(tmp_path: Path, way: str) -> None:
    assert any("not an ordinary table" in said for said in faults(build(tmp_path, *HOSTILE[way])))


def test_computed_columns_are_not_evaluated(tmp_path: Path) -> None:
    path = build(tmp_path, "alter table event_Pay add column big as (hex(zeroblob(900000000)))")
    (event,) = [each for each in read(path) if isinstance(each, Event)]
    assert event.attributes == {"amount": Decimal("2.5")}


def test_a_computed_id_is_no_column(tmp_path: Path) -> None:
    path = build(tmp_path, "drop table event", "create table event(x, ocel_type text, ocel_id as (x))")
    assert faults(path) == ["log.sqlite: event: the column 'ocel_id' is missing."]


def test_triggers_and_other_tables_do_nothing(tmp_path: Path) -> None:
    path = build(
        tmp_path,
        "create trigger t after insert on event begin delete from object; end",
        f"create view bomb as {BOMB}",
        "create table other(x)",
    )
    assert len(read(path)) == 6


def test_an_index_that_does_not_agree_with_its_table_changes_nothing(tmp_path: Path) -> None:
    path = build(tmp_path, "create index i on event(ocel_type)", "create index j on event_object(ocel_event_id)")
    expected = read(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma writable_schema=on")
        db.execute("update sqlite_master set sql = replace(sql, 'ocel_type)', 'ocel_id)') where name = 'i'")
        db.commit()
    assert read(path) == expected


def test_names_from_the_file_are_quoted(tmp_path: Path) -> None:
    name = 'x"; drop table object; --'
    quoted = 'event_x""; drop table object; --'
    path = build(
        tmp_path,
        f"insert into event_map_type values ('odd', '{name}')",
        f'create table "{quoted}"(ocel_id, ocel_time, "a"", b" text)',
        f"insert into event values ('e2', 'odd'); insert into \"{quoted}\" values ('e2', '2024-01-01T00:00:00Z', 'v')",
    )
    events = [each for each in read(path) if isinstance(each, Event)]
    assert events[1].attributes == {'a", b': "v"}


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "no database": lambda data: b"PK\x03\x04" + data,
    "only the header": lambda data: data[:100],
    "cut off in the middle": lambda data: data[: len(data) // 2],
    "one page short": lambda data: data[:-4096],
    "cut off inside a page": lambda data: data[:-100],
    "pages overwritten": lambda data: data[:4096] + b"\xff" * (len(data) - 4096),
    "schema overwritten": lambda data: data[:100] + b"\xff" * 3996 + data[4096:],
}


def test_a_table_whose_rows_are_out_of_order_is_damaged(tmp_path: Path) -> None:
    path = build(tmp_path)
    data = bytearray(path.read_bytes())
    row = data.index(b"o2order")
    assert data[row - 4] == 2  # the number of the row, before its three bytes of types
    data[row - 4] = 0
    path.write_bytes(data)
    assert faults(path) == ["log.sqlite: object: the table is damaged."]


@pytest.mark.parametrize("way", DAMAGE)
def test_a_damaged_file_is_refused(tmp_path: Path, way: str) -> None:
    path = build(tmp_path)
    path.write_bytes(DAMAGE[way](path.read_bytes()))
    assert all(said.startswith("log.sqlite: ") for said in faults(path))


def test_text_that_is_not_text_is_refused_without_being_repeated(tmp_path: Path) -> None:
    path = build(tmp_path, "update object_Order set note = cast(x'6869646465ff' as text)")
    (said,) = faults(path)
    assert "not a sound SQLite database" in said
    assert "hidde" not in said


def test_work_that_is_not_in_the_database_yet_is_not_passed_over(tmp_path: Path) -> None:
    path = build(tmp_path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode=wal")
        db.execute("insert into object values ('o3', 'order')")
        db.commit()
        assert any("-wal stands beside it" in said for said in faults(path))


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path)
    path.write_bytes(gzip.compress(path.read_bytes())[:-30])
    assert all(said.startswith("log.sqlite") for said in faults(path))
