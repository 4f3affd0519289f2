"""One log of OCEL 2.0 in three spellings: the records are the same, and so are the faults of what it says."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocel_logs import EPOCH, SPELLINGS, Log, Thing, every_spelling, faults, read, write_json, write_xml

from scherp.events.instants import parse_instant
from scherp.events.model import Change, Event, Object, Reading, Record, Relation, Taking
from scherp.faults import Refused


def in_any_order(records: list[Record]) -> list[str]:
    """SQLite has no order among types: the records as sorted texts, attributes by name and decimals by value."""
    return sorted(repr(comparable(each)) for each in records)


def comparable(record: Record) -> Record:
    if isinstance(record, Change):
        return msgspec.structs.replace(record, value=plain(record.value))
    if isinstance(record, Event | Object):
        return msgspec.structs.replace(record, attributes={n: plain(v) for n, v in sorted(record.attributes.items())})
    return record


def plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=6)
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda time: time.replace(tzinfo=UTC).isoformat())
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": NAMES,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "time": TIMES,
}
FIELDS = {f"{kind} é'\"": kind for kind in VALUES}
TYPES = {'a "quoted" type': FIELDS, "plain; drop table event": {}, "typé": {"n": "integer"}}


@st.composite
def logs(draw: st.DrawFn) -> Log:
    log = Log(TYPES, TYPES)
    ids = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    links = st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(["", "rôle", "b"])), max_size=3)
    for identifier in ids:
        kind = draw(st.sampled_from(list(TYPES)))
        values = []
        for name, attribute_kind in TYPES[kind].items():
            times = sorted(draw(st.lists(st.one_of(st.just(EPOCH), TIMES), max_size=3, unique=True)))
            values += [(name, draw(VALUES[attribute_kind]), time) for time in times]
        log.objects.append(Thing(identifier, kind, values, draw(links)))
    for identifier in draw(st.lists(NAMES, max_size=4, unique=True)):
        kind = draw(st.sampled_from(list(TYPES)))
        told = draw(st.lists(st.sampled_from(list(TYPES[kind])), unique=True)) if TYPES[kind] else []
        values = [(name, draw(VALUES[TYPES[kind][name]]), "") for name in told]
        log.events.append(Thing(identifier, kind, values, draw(links), draw(TIMES)))
    return log


@settings(max_examples=60, deadline=None)
@given(logs())
def test_three_spellings_of_one_log_give_the_same_records(tmp_path_factory: pytest.TempPathFactory, log: Log) -> None:
    folder = tmp_path_factory.mktemp("ocel")
    found = {spelling: read(spelling, log, folder) for spelling in SPELLINGS}
    assert in_any_order(found["json"]) == in_any_order(found["xml"])
    assert in_any_order(found["json"]) == in_any_order(found["sqlite"])
    assert sum(isinstance(each, Event) for each in found["json"]) == len(log.events)
    assert sum(isinstance(each, Object) for each in found["json"]) == len(log.objects)
    assert sum(isinstance(each, Relation) for each in found["json"]) == sum(len(each.links) for each in log.objects)


def small() -> Log:
    return Log(
        {"pay": {"amount": "float", "org:resource": "string", "resource": "string"}},
        {"order": {"price": "float", "open": "boolean"}, "item": {}},
        [
            Thing(
                "e1",
                "pay",
                [("amount", 12.5, ""), ("org:resource", "ann", ""), ("resource", "bob", "")],
                [("o1", "paid"), ("i1", "")],
                "2024-05-01T10:00:00+02:00",
            )
        ],
        [
            Thing(
                "o1",
                "order",
                [("price", 10.0, EPOCH), ("price", 12.5, "2024-04-01T00:00:00Z"), ("open", True, EPOCH)],
                [("i1", "holds")],
            ),
            Thing("i1", "item"),
        ],
    )


@every_spelling
def test_what_each_part_becomes(spelling: str, tmp_path: Path) -> None:
    found = read(spelling, small(), tmp_path)
    assert (
        found
        == [each for each in found if isinstance(each, Event)] + [each for each in found if not isinstance(each, Event)]
        or spelling == "sqlite"
    )
    assert [each for each in found if isinstance(each, Event)] == [
        Event(
            type="pay",
            time=parse_instant("2024-05-01T10:00:00+02:00"),
            takes_part=[Taking("o1", "order", "paid"), Taking("i1", "item", "")],
            event_id="e1",
            actor="ann",
            attributes={"amount": Decimal("12.5"), "resource": "bob"},
        )
    ]
    assert [each for each in found if not isinstance(each, Event)] == [
        Object("o1", "order", {"price": Decimal("10"), "open": True}),
        Relation("o1", "i1", "holds"),
        Change("o1", "order", "price", Decimal("12.5"), parse_instant("2024-04-01T00:00:00Z")),
        Object("i1", "item", {}),
    ]


@every_spelling
def test_the_first_known_value_is_the_initial_one_whatever_its_date(spelling: str, tmp_path: Path) -> None:
    log = small()
    log.objects[0].values = [("price", 2.0, "2024-06-01T00:00:00Z"), ("price", 1.0, "2024-05-01T00:00:00Z")]
    found = read(spelling, log, tmp_path)
    assert Object("o1", "order", {"price": Decimal("1")}) in found
    assert [each for each in found if isinstance(each, Change)] == [
        Change("o1", "order", "price", Decimal("2"), parse_instant("2024-06-01T00:00:00Z"))
    ]


@every_spelling
@pytest.mark.parametrize(
    "start", ["1970-01-01", "1970-01-01 00:00:00", "1970-01-01T00:00:00", "1970-01-01T01:00:00+01:00"]
)
def test_the_start_of_1970_needs_no_zone_and_no_date_of_its_own(spelling: str, start: str, tmp_path: Path) -> None:
    log = small()
    log.objects[0].values = [("price", 1.0, start), ("price", 2.0, "2024-06-01T00:00:00Z")]
    found = read(spelling, log, tmp_path)
    assert Object("o1", "order", {"price": Decimal("1")}) in found
    assert sum(isinstance(each, Change) for each in found) == 1


@every_spelling
def test_a_time_without_an_offset_needs_a_zone(spelling: str, tmp_path: Path) -> None:
    log = small()
    log.events[0].time = "2024-05-01 10:00:00"
    (event,) = [each for each in read(spelling, log, tmp_path, "Europe/Amsterdam") if isinstance(each, Event)]
    assert event.time == parse_instant("2024-05-01T10:00:00+02:00")
    (said,) = faults(spelling, log, tmp_path)
    assert "no offset" in said
    assert "state the zone" in said


@every_spelling
def test_an_empty_time_is_unknown(spelling: str, tmp_path: Path) -> None:
    log = small()
    log.events[0].time = ""
    assert [each.time for each in read(spelling, log, tmp_path) if isinstance(each, Event)] == [None]


@every_spelling
def test_a_log_without_events_is_fine(spelling: str, tmp_path: Path) -> None:
    assert read(spelling, Log({}, {}), tmp_path) == []


@every_spelling
def test_the_same_event_told_twice_is_left_to_intake(spelling: str, tmp_path: Path) -> None:
    log = small()
    if spelling == "sqlite":  # links stand apart there: they would double too
        log.events[0].links = []
    log.events.append(log.events[0])
    assert sum(isinstance(each, Event) for each in read(spelling, log, tmp_path)) == 2


def broken(change: Callable[[Log], object]) -> Log:
    log = small()
    change(log)
    return log


SAYINGS: dict[str, tuple[Callable[[Log], object], str]] = {
    "unknown object of an event": (lambda log: log.events[0].links.append(("o9", "")), "the object 'o9', which"),
    "unknown object of an object": (lambda log: log.objects[0].links.append(("o9", "")), "the object 'o9', which"),
    "unknown event type": (lambda log: setattr(log.events[0], "type", "refund"), "event type 'refund' is not declared"),
    "unknown object type": (lambda log: setattr(log.objects[1], "type", "box"), "object type 'box' is not declared"),
    "event id twice": (
        lambda log: log.events.append(Thing("e1", "pay", [("amount", 1.0, "")], time="2024-05-01T10:00:00Z")),
        "the event id 'e1' occurs twice, with different content",
    ),
    "object with two types": (lambda log: log.objects.append(Thing("o1", "item")), "the object 'o1' has two types"),
    "bad event time": (lambda log: setattr(log.events[0], "time", "soon"), "'soon' is not an ISO 8601"),
    "bad change time": (lambda log: log.objects[0].values.append(("price", 1.0, "soon")), "'soon' is not an ISO 8601"),
    "wrong type of an event's value": (
        lambda log: log.events[0].values.__setitem__(0, ("amount", "much", "")),
        "'amount' is not of type float: 'much' is not a number",
    ),
    "wrong type of an object's value": (
        lambda log: log.objects[0].values.__setitem__(2, ("open", "ajar", EPOCH)),
        "'open' is not of type boolean: 'ajar' is neither true nor false",
    ),
    "event id empty": (lambda log: setattr(log.events[0], "id", ""), "the id is empty"),
    "object id empty": (lambda log: log.objects.append(Thing("", "item")), "the id is empty"),
}


@every_spelling
@pytest.mark.parametrize("way", SAYINGS)
def test_each_way_to_be_wrong_has_its_sentence(spelling: str, way: str, tmp_path: Path) -> None:
    change, said = SAYINGS[way]
    assert any(said in fault for fault in faults(spelling, broken(change), tmp_path))


@every_spelling
def test_all_faults_are_collected_up_to_fifty(spelling: str, tmp_path: Path) -> None:
    log = small()
    soon = [Thing(f"x{number}", "pay", time="soon") for number in range(70)]
    log.events += soon
    found = faults(spelling, log, tmp_path)
    assert len(found) == 51
    assert found[-1].endswith("and 20 more.")


@every_spelling
def test_nothing_is_yielded_after_the_first_fault(spelling: str, tmp_path: Path) -> None:
    log = small()
    last = Thing("e0", "pay", time="soon")
    log.events.insert(0, last)
    write, reader = SPELLINGS[spelling]
    write(log, tmp_path / "log")
    seen = until_refused(reader(tmp_path / "log", Reading("log")))
    assert not any(isinstance(each, Event) for each in seen)


def until_refused(records: Iterator[Record]) -> list[Record]:
    """What is yielded before the refusal; a reader that does not refuse fails here."""
    seen: list[Record] = []
    while True:
        try:
            seen.append(next(records))
        except Refused:
            return seen


@every_spelling
def test_gzip_is_read_alike(spelling: str, tmp_path: Path) -> None:
    plain = read(spelling, small(), tmp_path)
    _, reader = SPELLINGS[spelling]
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress((tmp_path / f"log.{spelling}").read_bytes()))
    assert list(reader(packed, Reading("packed"))) == plain


@every_spelling
@pytest.mark.parametrize("size", [0, 1, 30, 700])
def test_a_file_that_is_cut_off_is_refused(spelling: str, size: int, tmp_path: Path) -> None:
    write, reader = SPELLINGS[spelling]
    write(small(), tmp_path / "log")
    whole = (tmp_path / "log").read_bytes()
    (tmp_path / "cut").write_bytes(whole[:size])
    with pytest.raises(Refused, match="cut"):
        list(reader(tmp_path / "cut", Reading("cut")))


def test_a_float_of_many_digits_is_the_same_in_text_and_number(tmp_path: Path) -> None:
    log = small()
    text = "0.12345678901234567890123"
    for spelling in ("json", "xml"):
        write_json(log, tmp_path / "a.json")
        write_xml(log, tmp_path / "a.xml")
        path = tmp_path / f"a.{spelling}"
        path.write_text(path.read_text().replace("12.5", text))
        records = list(SPELLINGS[spelling][1](path, Reading("a")))
        (event,) = [each for each in records if isinstance(each, Event)]
        assert event.attributes["amount"] == float(text)
        assert isinstance(event.attributes["amount"], float)


def test_times_of_this_century_are_not_taken_for_the_start(tmp_path: Path) -> None:
    log = small()
    later = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=1)).isoformat()
    log.objects[0].values = [("price", 1.0, EPOCH), ("price", 2.0, later)]
    assert sum(isinstance(each, Change) for each in read("json", log, tmp_path)) == 1
