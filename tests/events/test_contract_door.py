"""A contract lets in what it lists, and replaces an identifier before the first byte of it is stored."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_samples import mapping, query, reasons, take, write

from scherp.events.contract import Contract, Door, read_contract
from scherp.events.database import connect, rows
from scherp.events.manifest import read_manifest
from scherp.events.model import Change, Correction, Event, Nested, Object, Relation, Taking
from scherp.faults import Refused

KEY = "a key of the data set, long enough"
YAML = """contract: deliveries
columns: {case: pseudonym, activity: keep, time: keep, officer: pseudonym, note: keep, home: drop}
objects: {person: pseudonym, office: keep, phone: drop}
"""
SECRETS = ("123456782", "J. de Vries", "Kerkstraat 1")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHERP_PSEUDONYM_KEY", KEY)


def contract(folder: Path, text: str = YAML) -> Contract:
    return read_contract(write(folder, text, "contract.yaml"))


def pseudonym(word: str, key: str = KEY) -> str:
    return "p-" + hmac.new(key.encode(), word.encode(), hashlib.sha256).hexdigest()[:32]


def said(folder: Path, text: str) -> str:
    with pytest.raises(Refused) as refused:
        contract(folder, text)
    return str(refused.value)


def table(case: str = SECRETS[0]) -> str:
    return (
        "case,activity,time,officer,note,home\n"
        f"{case},call,2024-01-01,{SECRETS[1]},fine,{SECRETS[2]}\n"
        f"{case},,2024-01-02,{SECRETS[1]},no activity,{SECRETS[2]}\n"
        f"{case},ragged,{SECRETS[1]}\n"
    )


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_raw_identifiers_are_nowhere_in_the_bytes_of_the_store(tmp_path: Path, name: str) -> None:
    content = table().encode()
    source = write(tmp_path, gzip.compress(content) if name.endswith("gz") else content, name)
    if name.endswith("parquet"):
        plain = write(tmp_path, "\n".join(table().splitlines()[:3]), "plain.csv")
        with duckdb.connect() as database:
            database.execute(
                f"COPY (FROM read_csv('{plain}', all_varchar = true)) TO '{source}' (FORMAT parquet)"
            ).fetchall()
    store = tmp_path / "s"
    outcome = take(
        store, source, how=mapping(resource="officer", case_attributes=["note"]), contract=contract(tmp_path)
    )
    assert outcome.faults == []
    assert query(store, "takes_part", "object_id, actor") == [(pseudonym(SECRETS[0]), pseudonym(SECRETS[1]))]
    assert "the activity is empty" in reasons(store)
    for path in store.rglob("*"):
        if path.is_file():
            assert_free(path)


def assert_free(path: Path) -> None:
    """No secret stands in the file's bytes, nor in its unpacked columns."""
    content = path.read_bytes()
    if path.suffix == ".parquet":
        with duckdb.connect() as database:
            content += repr(database.execute("FROM read_parquet(?)", [str(path)]).fetchall()).encode()
    for secret in SECRETS:
        assert secret.encode() not in content, path.name


def test_the_search_for_secrets_finds_them_without_a_contract(tmp_path: Path) -> None:
    take(tmp_path / "s", write(tmp_path, table()), how=mapping(resource="officer"))
    parts = [path for path in (tmp_path / "s").rglob("*.parquet") if "takes_part" in path.parts]
    with pytest.raises(AssertionError):
        assert_free(parts[0])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=20), st.text(min_size=1, max_size=100))
def test_a_pseudonym_is_hmac_sha256_on_every_path(words: list[str], key: str) -> None:
    made = Contract("c", {}, {}, "", key.encode())
    database = connect(threads=1)
    rows(database, "CREATE TEMP TABLE words(n INTEGER, word VARCHAR)")
    database.executemany("INSERT INTO words VALUES (?, ?)", list(enumerate(words))).fetchall()
    by_sql = [row[0] for row in rows(database, f"SELECT {made.pseudonym_sql('word')} FROM words ORDER BY n")]
    assert rows(database, f"SELECT {made.pseudonym_sql('NULL::VARCHAR')}") == [(None,)]
    database.close()
    assert by_sql == [made.pseudonym(word) for word in words] == [pseudonym(word, key) for word in words]


def test_a_table_and_a_log_give_the_same_person_the_same_pseudonym(tmp_path: Path) -> None:
    log = {
        "eventTypes": [{"name": "call", "attributes": []}],
        "objectTypes": [{"name": "person", "attributes": []}],
        "events": [
            {
                "id": "e",
                "type": "call",
                "time": "2024-01-01T00:00:00Z",
                "relationships": [{"objectId": SECRETS[0], "qualifier": ""}],
            }
        ],
        "objects": [{"id": SECRETS[0], "type": "person", "attributes": []}],
    }
    store, terms = tmp_path / "s", contract(tmp_path)
    assert take(store, write(tmp_path, json.dumps(log), "log.jsonocel"), contract=terms).faults == []
    assert take(store, write(tmp_path, table()), how=mapping(resource="officer"), contract=terms).faults == []
    assert {row[0] for row in query(store, "takes_part", "object_id")} == {pseudonym(SECRETS[0])}


def test_every_unlisted_column_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path, "case,activity,time,bsn,e-mail\nA,a,2024-01-01,1,2\n")
    outcome = take(tmp_path / "s", source, contract=contract(tmp_path))
    assert [fault.where for fault in outcome.faults] == ["table.csv: column 'bsn'", "table.csv: column 'e-mail'"]
    assert "list it in contract deliveries" in str(outcome.faults[0])
    assert outcome.taken == []


def test_a_column_that_the_mapping_needs_cannot_be_dropped(tmp_path: Path) -> None:
    outcome = take(tmp_path / "s", write(tmp_path, table()), how=mapping(resource="home"), contract=contract(tmp_path))
    assert "the contract drops the column 'home', which the mapping needs" in str(outcome.faults[0])


def test_a_time_cannot_be_a_pseudonym(tmp_path: Path) -> None:
    terms = contract(tmp_path, YAML.replace("time: keep", "time: pseudonym"))
    outcome = take(tmp_path / "s", write(tmp_path, table()), contract=terms)
    assert "the contract pseudonymises the column 'time'" in str(outcome.faults[0])


def test_a_dropped_column_is_not_stored(tmp_path: Path) -> None:
    take(tmp_path / "s", write(tmp_path, table()), contract=contract(tmp_path))
    assert [a.name for a in read_manifest(tmp_path / "s")[0].event_attributes] == ["officer", "note"]


def test_the_contract_is_in_the_manifest_and_makes_another_reading(tmp_path: Path) -> None:
    store, terms = tmp_path / "s", contract(tmp_path)
    take(store, write(tmp_path, table()), contract=terms)
    assert read_manifest(store)[0].contracts == {"deliveries": hashlib.sha256(YAML.encode()).hexdigest()}
    assert take(store, tmp_path / "table.csv", contract=terms).known == ["table.csv"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a list", "a contract needs `contract`, its name, and `columns`"),
        ("contract: c\nextra: 1", "'extra' is not a key of a contract"),
        ("contract: c\ncolumns: [a]", "this must map names to keep, pseudonym or drop"),
        ("contract: c\ncolumns: {a: hash, b: [keep]}", "the treatment must be keep, pseudonym or drop"),
        ("contract: c\ncolumns: {1: keep}", "a name must be a text"),
        ("contract: [", "the contract is not YAML"),
        ("\x00", "the contract is not YAML"),
    ],
)
def test_a_bad_contract_is_refused(tmp_path: Path, text: str, says: str) -> None:
    assert says in said(tmp_path, text)


@pytest.mark.parametrize("key", [None, "", "too short"])
def test_pseudonyms_need_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    if key is None:
        monkeypatch.delenv("SCHERP_PSEUDONYM_KEY")
    else:
        monkeypatch.setenv("SCHERP_PSEUDONYM_KEY", key)
    refusal = said(tmp_path, YAML)
    assert "pseudonyms need a key of at least 16 characters. Set SCHERP_PSEUDONYM_KEY" in refusal
    assert not key or key not in refusal
    assert contract(tmp_path, "contract: c\ncolumns: {a: keep}").columns == {"a": "keep"}


def test_a_contract_that_is_not_there_is_refused_without_its_content(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="the contract cannot be read"):
        read_contract(tmp_path / "none.yaml")
    with pytest.raises(Refused) as refused:
        read_contract(Path("/etc/passwd"))
    assert "root" not in str(refused.value)


def at_the_door(*records: Event | Object | Change | Relation) -> tuple[list[object], list[str]]:
    columns = {"name": "pseudonym", "note": "keep", "home": "drop", "actor": "pseudonym", "place": "drop"}
    door = Door(
        Contract("c", columns, {"person": "pseudonym", "office": "keep", "phone": "drop"}, "", KEY.encode()), "f"
    )  # type: ignore[arg-type]
    return [door.let_in(record) for record in records], [str(fault) for fault in door.faults()]


def test_records_pass_the_door_replaced_or_dropped() -> None:
    event = Event(
        "call", None, [Taking("ann", "person", "by"), Taking("north", "office"), Taking("0612", "phone")],
        actor="ann", place="home", attributes={"name": "Ann", "note": "n", "home": "x"}, correction=Correction(),
    )  # fmt: skip
    (let_in,), faults = at_the_door(event)
    assert isinstance(let_in, Event)
    assert let_in.takes_part == [Taking(pseudonym("ann"), "person", "by"), Taking("north", "office")]
    assert (let_in.actor, let_in.place) == (pseudonym("ann"), None)
    assert let_in.attributes == {"name": pseudonym("Ann"), "note": "n"}
    assert (faults, let_in.correction) == ([], Correction())


def test_objects_changes_and_relations_pass_the_door() -> None:
    found, faults = at_the_door(
        Object("ann", "person", {"name": "Ann", "home": "x"}),
        Object("0612", "phone"),
        Change("ann", "person", "name", "Anna"),
        Change("ann", "person", "home", "y"),
        Change("0612", "phone", "note", "y"),
        Relation("ann", "0612", "owns"),
    )
    assert found[:3] == [
        Object(pseudonym("ann"), "person", {"name": pseudonym("Ann")}),
        None,
        Change(pseudonym("ann"), "person", "name", pseudonym("Anna")),
    ]
    # what is dropped leaves neither its id nor an empty change behind
    assert (found[3:], faults) == ([None, None, None], [])


def test_what_the_contract_does_not_list_is_named_once() -> None:
    record = Event("call", None, [Taking("x", "dog")], attributes={"age": 3})
    _, faults = at_the_door(record, Object("x", "dog", {"age": 3}))
    assert [fault.split(":")[1].strip() for fault in faults] == ["attribute 'age'", "objects of type 'dog'"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"), (True, "true"), (Decimal("1.50"), "1.50"), (date(2024, 1, 2), "2024-01-02"),
        (datetime(2024, 1, 2, 3, tzinfo=UTC), "2024-01-02 03:00:00"), (Nested('{"a":1}'), '{"a":1}'),
    ],
)  # fmt: skip
def test_a_typed_value_is_pseudonymised_by_its_text(value: object, text: str) -> None:
    (let_in,), _ = at_the_door(Object("north", "office", {"name": value}))  # type: ignore[dict-item]
    assert isinstance(let_in, Object)
    assert let_in.attributes == {"name": pseudonym(text)}
