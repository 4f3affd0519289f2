"""Attributes of tables: their names as written, their types as narrow as their cells allow, whatever the file's format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_samples import mapping, query, reasons, refusal, take, taken, write

from scherp.events.attributes import DECIMAL, INTEGER, LONG_DECIMAL, TEXT
from scherp.events.database import connect, name, rows
from scherp.events.manifest import read_manifest
from scherp.events.mapping import parse_mapping
from scherp.events.table_types import attribute_types, typed

HEAD = "case,activity,time"


def types_of(store: Path) -> dict[str, str]:
    return {attribute.name: attribute.type for attribute in read_manifest(store)[0].event_attributes}


def column_of(cells: list[str], folder: Path, zone: str = "UTC") -> tuple[str, list[Any]]:
    """The type and the values of one attribute with these cells."""
    body = "".join(f'A,a,2024-01-01T00:00:{number:02},"{cell}"\n' for number, cell in enumerate(cells))
    store = taken(folder, f"{HEAD},x\n{body}", zone=zone)
    values = [row[0] for row in query(store, "events", "CAST(x AS VARCHAR)", "time")]
    return types_of(store)["x"], values


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-20", "0"], "BIGINT", ["1", "-20", "0"]),
        (["1", "2.50"], "DECIMAL(18,6)", ["1.000000", "2.500000"]),
        (["123456789012345678", "1"], "BIGINT", ["123456789012345678", "1"]),
        (["1234567890123", "0.5"], "DECIMAL(38,18)", ["1234567890123." + "0" * 18, "0.5" + "0" * 17]),
        (["0.1234567"], "DECIMAL(38,18)", ["0.123456700000000000"]),
        (["1234567890123456789"], "DECIMAL(38,18)", ["1234567890123456789." + "0" * 18]),
        (["123456789012345678901"], "VARCHAR", ["123456789012345678901"]),
        (["007", "8"], "VARCHAR", ["007", "8"]),
        (["1e3"], "VARCHAR", ["1e3"]),
        (["+1"], "VARCHAR", ["+1"]),
        (["1,5"], "VARCHAR", ["1,5"]),
        (["NaN", "1.5"], "VARCHAR", ["NaN", "1.5"]),
        (["true", "False", ""], "BOOLEAN", ["true", "false", None]),
        (["yes"], "VARCHAR", ["yes"]),
        (["2024-02-29"], "DATE", ["2024-02-29"]),
        (["2023-02-29"], "VARCHAR", ["2023-02-29"]),
        (["2024-02-29 10:00", "2024-02-29T10:00:00.5Z"], "TIMESTAMP", ["2024-02-29 10:00:00", "2024-02-29 10:00:00.5"]),
        (["2024-02-29", "2024-02-29 10:00"], "VARCHAR", ["2024-02-29", "2024-02-29 10:00"]),
        (["2024-02-29 25:00"], "VARCHAR", ["2024-02-29 25:00"]),
        (["1", "true"], "VARCHAR", ["1", "true"]),
        (["", ""], "VARCHAR", [None, None]),
        (["[1, 2]"], "VARCHAR", ["[1, 2]"]),
        (["- 1"], "VARCHAR", ["- 1"]),
    ],
)
def test_the_narrowest_type_that_loses_nothing(tmp_path: Path, cells: list[str], kind: str, values: list[Any]) -> None:
    assert column_of(cells, tmp_path) == (kind, values)


def test_naive_timestamps_of_attributes_are_read_in_the_zone(tmp_path: Path) -> None:
    kind, values = column_of(["2024-07-01 10:00", "2024-07-01 10:00+00:00"], tmp_path, "Europe/Amsterdam")
    assert (kind, values) == ("TIMESTAMP", ["2024-07-01 08:00:00", "2024-07-01 10:00:00"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.integers().map(str),
            st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
            st.sampled_from(["", "-0", "00", "1.", ".5", "true", "2024-01-01", "2024-01-01T10:00Z"]),
            st.text(max_size=8),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_typed_column_says_what_its_cells_say(cells: list[str]) -> None:
    """Every cell can be cast to the type that was found, and numbers keep their value."""
    database = connect(threads=1)
    rows(database, "CREATE TEMP TABLE t(n BIGINT, x VARCHAR)")
    database.executemany("INSERT INTO t VALUES (?, ?)", [(n, cell or None) for n, cell in enumerate(cells)]).fetchall()
    (kind,) = attribute_types(database, "t", ["x"], "UTC")
    found = rows(database, f"SELECT {typed('x', kind, 'UTC')}, x FROM t ORDER BY n")
    database.close()
    for cast, cell in found:
        assert (cast is None) == (cell is None)
        if cell is not None and kind in (INTEGER, DECIMAL, LONG_DECIMAL):
            assert cast == type(cast)(cell)
        if kind == TEXT:
            assert cast == cell


NAMES = [
    "event_id", "type", "time#2", "Source", "content", "position", "offset", "kind",  # core columns, also by case
    'quo"te', "semi;colon", "it's", "emoji 🎉", "new\nline", "drop table events; --", "select", "a,b", " lead",
    "Amount", "amount", "AMOUNT", "lifecycle:transition", "c0", "doc", "taken_back", "takes", "own", "given_id", "refusal",
]  # fmt: skip


def test_names_keep_their_spelling_whatever_they_are(tmp_path: Path) -> None:
    quoted = ",".join('"' + word.replace('"', '""') + '"' for word in NAMES)
    cells = ",".join(f"v{number}" for number in range(len(NAMES)))
    store = taken(tmp_path, f"{HEAD},{quoted}\nA,a,2024-01-01,{cells}\nB,,2024-01-01,{cells}\n")
    attributes = read_manifest(store)[0].event_attributes
    assert sorted(attribute.name for attribute in attributes) == sorted(NAMES)
    assert len({attribute.column.lower() for attribute in attributes}) == len(NAMES)
    held = {a.name: query(store, "events", name(a.column))[0][0] for a in attributes}
    assert held == {word: f"v{number}" for number, word in enumerate(NAMES)}
    assert reasons(store) == ["the activity is empty"]


def test_named_columns_may_be_called_anything_too(tmp_path: Path) -> None:
    content = '"it\'s; DROP TABLE x","select""1",Type,type\nA,a,2024-01-01,t\n'
    store = taken(tmp_path, content, case="it's; DROP TABLE x", activity='select"1', time="Type")
    assert query(store, "takes_part", "object_id, event_type") == [("A", "a")]
    assert types_of(store) == {"type": "VARCHAR"}


def test_types_that_differ_between_documents_widen_and_say_so(tmp_path: Path) -> None:
    store = tmp_path / "s"
    for number, cell in enumerate(["1", "1.5", "many"]):
        take(store, write(tmp_path, f"{HEAD},x\nA,a,2024-01-0{number + 1},{cell}\n", f"{number}.csv"))
    manifest, _ = read_manifest(store)
    assert types_of(store) == {"x": "VARCHAR"}
    assert [conflict for conflict in manifest.conflicts if "'x'" in conflict] == [
        "attribute 'x' was DECIMAL(18,6) and VARCHAR; it is now VARCHAR"
    ]


def test_rows_that_are_refused_decide_no_type(tmp_path: Path) -> None:
    store = taken(tmp_path, f"{HEAD},x\nA,a,2024-01-01,5\nA,,2024-01-01,many\n")
    assert types_of(store) == {"x": "BIGINT"}


def test_a_number_before_it_had_decimals_is_the_same_event(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, f"{HEAD},x\nA,a,2024-01-01,5\n", "1.csv"))
    (one,) = take(store, write(tmp_path, f"{HEAD},x\nA,a,2024-01-01,5\nA,b,2024-01-02,0.5\n", "2.csv")).taken
    assert (one.kept, one.known) == (1, 1)


def test_a_column_that_came_later_changes_nothing_of_older_rows(tmp_path: Path) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, f"{HEAD},x\nA,a,2024-01-01,5\n", "1.csv"))
    later = "y,time,x,case,activity\n,2024-01-01,5,A,a\nnew,2024-01-02,5,A,b\n"
    (one,) = take(store, write(tmp_path, later, "2.csv")).taken
    assert (one.kept, one.known) == (1, 1)


@pytest.mark.parametrize(
    ("left", "right"), [(("ab", "c"), ("a", "bc")), (("x", ""), ("", "x")), (("1:", "2"), ("1", ":2"))]
)
def test_cells_that_only_look_alike_in_a_row_are_other_events(
    tmp_path: Path, left: tuple[str, str], right: tuple[str, str]
) -> None:
    store = tmp_path / "s"
    take(store, write(tmp_path, f"{HEAD},x,y\nA,a,2024-01-01,{','.join(left)}\n", "1.csv"))
    (one,) = take(store, write(tmp_path, f"{HEAD},x,y\nA,a,2024-01-01,{','.join(right)}\n", "2.csv")).taken
    assert (one.kept, one.known) == (1, 0)


def test_case_attributes_belong_to_the_case_and_change_with_a_date(tmp_path: Path) -> None:
    content = f"{HEAD},region,size,never\nA,a,2024-01-01,North,1,\nA,b,2024-01-03,South,1,\nA,c,2024-01-05,South,,\nB,a,2024-01-02,,2.5,\n"
    store = taken(tmp_path, content, case_attributes=["region", "size", "never"])
    assert query(store, "objects", "object_id, type, region, CAST(size AS VARCHAR)") == [
        ("A", "case", "North", "1.000000"),
        ("B", "case", None, "2.500000"),
    ]
    assert query(store, "changes", "object_id, attribute, value, CAST(time AS VARCHAR)") == [
        ("A", "region", "South", "2024-01-03 00:00:00")
    ]
    assert types_of(store) == {}


def test_a_later_part_of_a_case_changes_its_attribute_from_its_own_date(tmp_path: Path) -> None:
    store, how = tmp_path / "s", mapping(case_attributes=["region"])
    take(store, write(tmp_path, f"{HEAD},region\nA,a,2024-01-01,North\n", "1.csv"), how=how)
    take(store, write(tmp_path, f"{HEAD},region\nA,b,2024-01-05,South\n", "2.csv"), how=how)
    assert query(store, "objects", "object_id, region") == [("A", "North")]
    assert query(store, "changes", "object_id, value, CAST(time AS VARCHAR)") == [("A", "South", "2024-01-05 00:00:00")]


def test_several_objects_a_row_take_part_with_role_and_quantity(tmp_path: Path) -> None:
    objects = [
        {"column": "lot", "type": "lot", "role": "output", "quantity": "grams", "unit": "g"},
        {"column": "shop", "type": "shop"},
    ]
    content = "activity,time,lot,grams,shop\npack,2024-01-01,L1,2.5,S1\nship,2024-01-02,L1,,\nlose,2024-01-03,,,\npack,2024-01-04,L2,x,S1\n"
    store = taken(tmp_path, content, case=None, objects=objects)
    assert query(store, "takes_part", "object_id, event_type, role, CAST(quantity AS VARCHAR), unit") == [
        ("L1", "pack", "output", "2.500000", "g"),
        ("L1", "ship", "output", None, "g"),
        ("S1", "pack", None, None, None),
    ]
    assert query(store, "objects", "object_id, type") == [("L1", "lot"), ("S1", "shop")]
    assert [row[0] for row in query(store, "events", "type", "time")] == ["pack", "ship", "lose"]
    assert reasons(store) == ["the quantity cannot be read"]


def test_a_case_and_further_objects_stand_side_by_side(tmp_path: Path) -> None:
    store = taken(tmp_path, f"{HEAD},shop\nA,a,2024-01-01,S\n", objects=[{"column": "shop", "type": 'it\'s a "shop"'}])
    assert query(store, "takes_part", "object_id, event_type") == [("A", "a"), ("S", "a")]
    assert {kind.name for kind in read_manifest(store)[0].object_types} == {"case", 'it\'s a "shop"'}


def test_several_tables_are_each_read_by_their_own_mapping(tmp_path: Path) -> None:
    write(tmp_path, "k,w,t\nA,a,2024-01-01\n", "calls-1.csv")
    write(tmp_path, "zaak;wat;wanneer\nA;b;2024-01-02\n", "letters.csv")
    write(tmp_path, "x\n1\n", "other.csv")
    how = parse_mapping(
        {
            "zone": "UTC",
            "tables": [
                {"file": "calls-*.csv", "case": "k", "activity": "w", "time": "t"},
                {"file": "letters.csv", "case": "zaak", "activity": "wat", "time": "wanneer"},
            ],
        },
        "m.yaml",
    )
    sources = [tmp_path / name for name in ("calls-1.csv", "letters.csv", "other.csv")]
    outcome = take(tmp_path / "s", *sources, how=how)
    assert [one.name for one in outcome.taken] == ["calls-1.csv", "letters.csv"]
    assert [fault.where for fault in outcome.faults] == ["other.csv"]
    assert query(tmp_path / "s", "takes_part", "object_id, event_type") == [("A", "a"), ("A", "b")]


PARQUET = """SELECT * FROM (VALUES
 ('A', 'start', TIMESTAMP '2024-01-01 10:00:00', 12, 2.50::DECIMAL(10,2), true, DATE '2024-02-29', 'x'),
 ('A', 'stop', TIMESTAMP '2024-01-02 10:00:00.25', NULL, NULL, NULL, NULL, ''),
 ('B', 'start', NULL, 7, 0.00::DECIMAL(10,2), false, DATE '2024-03-01', NULL)
) AS t("case", activity, "time", whole, amount, flag, day, note)"""


def test_parquet_reads_as_the_same_table_in_csv(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        database.execute(f"COPY ({PARQUET}) TO '{tmp_path}/t.parquet' (FORMAT parquet)").fetchall()
        database.execute(f"COPY ({PARQUET}) TO '{tmp_path}/t.csv' (FORMAT csv)").fetchall()
    one, other = tmp_path / "one", tmp_path / "other"
    take(one, tmp_path / "t.parquet")
    take(other, tmp_path / "t.csv")
    columns = "event_id, type, time, date_only, CAST(whole AS VARCHAR), CAST(amount AS VARCHAR), flag, day, note"
    assert query(one, "events", columns) == query(other, "events", columns)
    assert types_of(one) == types_of(other)
    assert types_of(one) == {
        "whole": "BIGINT",
        "amount": "DECIMAL(18,6)",
        "flag": "BOOLEAN",
        "day": "DATE",
        "note": "VARCHAR",
    }


def test_nested_and_typed_parquet_values_are_read(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'Europe/Amsterdam'").fetchall()
        database.execute(
            "COPY (SELECT 'A' AS \"case\", 'a' AS activity, TIMESTAMPTZ '2024-07-01 10:00:00+02' AS \"time\", "
            "{'b': [1, 2], 'a': 'x'} AS nested, [1, NULL] AS list, MAP {'k': 1.5} AS map, 0.1::DOUBLE AS fraction, "
            "'\\xAB'::BLOB AS bytes, TIMESTAMP_NS '2024-07-01 08:00:00.123456789' AS precise, TIME '10:00' AS clock) "
            f"TO '{tmp_path}/t.parquet' (FORMAT parquet)"
        ).fetchall()
    store = tmp_path / "s"
    assert take(store, tmp_path / "t.parquet", how=mapping(zone=None)).faults == []
    assert query(store, "events", "CAST(time AS VARCHAR), nested, list, map, CAST(fraction AS VARCHAR), clock") == [
        ("2024-07-01 08:00:00", '{"b":[1,2],"a":"x"}', "[1,null]", '{"k":1.5}', "0.100000", "10:00:00")
    ]
    assert types_of(store)["precise"] == "TIMESTAMP"


def test_a_damaged_parquet_is_refused(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        database.execute(f"COPY ({PARQUET}) TO '{tmp_path}/t.parquet' (FORMAT parquet)").fetchall()
    whole = (tmp_path / "t.parquet").read_bytes()
    assert "the table cannot be read" in refusal(tmp_path, whole[: len(whole) // 2], "cut.parquet")
    assert "the table cannot be read" in refusal(tmp_path, b"PAR1" + b"\0" * 50 + b"PAR1", "zeros.parquet")
    assert "the table has no header" in refusal(tmp_path, b"", "empty.parquet")
