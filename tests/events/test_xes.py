"""What `read_xes` makes of traces and events, and which documents it refuses."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.instants import parse_instant
from scherp.events.model import Event, Nested, Object, Reading, Record, Taking
from scherp.events.xes import read_xes
from scherp.faults import Refused

RECEIPT = Path(__file__).parents[3] / "shared" / "data" / "receipt.xes.gz"
TIME = '<date key="time:timestamp" value="2024-01-01T10:00:00+01:00"/>'


def read(folder: Path, inside: str, zone: str | None = None, name: str = "log.xes") -> list[Record]:
    path = folder / name
    path.write_text(f'<log xmlns="http://www.xes-standard.org/">{inside}</log>', encoding="utf-8")
    return list(read_xes(path, Reading("log.xes", zone)))


def faults(folder: Path, inside: str, zone: str | None = None) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(folder, inside, zone)
    return [str(fault) for fault in refused.value.faults]


def event_attributes(folder: Path, inside: str) -> dict[str, object]:
    (event,) = read(folder, f"<event>{inside}</event>")
    assert isinstance(event, Event)
    return dict(event.attributes)


def test_a_trace_is_a_case_and_its_events_take_part_in_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"""<trace>
          <string key="concept:name" value="z1"/><string key="channel" value="desk"/>
          <event><string key="concept:name" value="Register"/>{TIME}
            <string key="org:resource" value="ann"/><id key="identity:id" value="e-1"/>
            <string key="lifecycle:transition" value="complete"/></event>
        </trace>""",
    )
    assert found == [
        Object("z1", "case", {"channel": "desk"}),
        Event(
            type="Register",
            time=parse_instant("2024-01-01T10:00:00+01:00"),
            takes_part=[Taking("z1", "case", "")],
            event_id="e-1",
            actor="ann",
            attributes={"lifecycle:transition": "complete"},
        ),
    ]


def test_values_have_the_type_that_their_element_names(tmp_path: Path) -> None:
    assert event_attributes(
        tmp_path,
        """<string key="s" value=" 5 "/><int key="i" value="-5"/><float key="f" value="1.50"/>
           <boolean key="b" value="true"/><id key="u" value="8d"/><date key="d" value="2024-02-29"/>
           <date key="m" value="2024-02-29T12:00:00.5-02:00"/>""",
    ) == {
        "s": " 5 ",
        "i": -5,
        "f": Decimal("1.50"),
        "b": True,
        "u": "8d",
        "d": date(2024, 2, 29),
        "m": datetime(2024, 2, 29, 12, 0, 0, 500_000, timezone(timedelta(hours=-2))),
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123456789012345678", Decimal("123456789012345678")),
        ("1234567890123456789", 1234567890123456789.0),
        ("0.123456789012345678", Decimal("0.123456789012345678")),
        ("0.1234567890123456789", 0.1234567890123456789),
        ("2.3832541524E7", Decimal("23832541.524")),
        ("1e17", Decimal("1e17")),
        ("1e18", 1e18),
        ("1e-18", Decimal("1e-18")),
        ("1e-19", 1e-19),
        ("1e999", "1e999"),
        ("NaN", "NaN"),
        ("-INF", "-INF"),
        ("", None),
    ],
)
def test_a_float_is_a_decimal_of_up_to_18_digits_else_a_float_else_text(
    tmp_path: Path, text: str, value: object
) -> None:
    found = event_attributes(tmp_path, f'<float key="f" value="{text}"/>').get("f")
    assert (type(found), found) == (type(value), value)


def test_nested_attributes_lists_and_containers_are_json(tmp_path: Path) -> None:
    found = event_attributes(
        tmp_path,
        """<string key="n" value="x"><int key="a" value="1"/></string>
           <list key="l"><values><float key="k" value="1.5"/><float key="k" value="2"/></values></list>
           <container key="c"><string key="b" value="y"/><date key="a" value="2024-01-01"/></container>
           <string key="concept:name" value="A"><string key="alias" value="B"/></string>""",
    )
    assert all(isinstance(value, Nested) for value in found.values())
    assert {key: json.loads(value.json) for key, value in found.items() if isinstance(value, Nested)} == {
        "n": {"value": "x", "attributes": {"a": 1}},
        "l": [{"key": "k", "value": 1.5}, {"key": "k", "value": 2}],
        "c": {"a": "2024-01-01", "b": "y"},
        "concept:name": {"value": "A", "attributes": {"alias": "B"}},
    }


def test_keys_of_nested_values_are_sorted(tmp_path: Path) -> None:
    found = event_attributes(
        tmp_path, '<container key="c"><int key="b" value="1"/><int key="a" value="2"/></container>'
    )
    assert found["c"] == Nested('{"a":2,"b":1}')


@pytest.mark.parametrize("stamp", ["", '<date key="time:timestamp" value=""/>'])
def test_an_absent_or_empty_time_is_unknown(tmp_path: Path, stamp: str) -> None:
    (event,) = read(tmp_path, f'<event><string key="concept:name" value="A"/>{stamp}</event>')
    assert isinstance(event, Event)
    assert event.time is None


def test_a_time_without_an_offset_is_read_in_the_stated_zone(tmp_path: Path) -> None:
    doc = '<event><date key="time:timestamp" value="2024-07-01T10:00:00"/></event>'
    (event,) = read(tmp_path, doc, "Europe/Amsterdam")
    assert isinstance(event, Event)
    assert event.time == parse_instant("2024-07-01T10:00:00+02:00")
    (said,) = faults(tmp_path, doc)
    assert "event 1 outside traces, time:timestamp" in said
    assert "no offset" in said
    assert "state the zone" in said


def test_a_trace_without_a_name_is_named_by_its_position(tmp_path: Path) -> None:
    found = read(tmp_path, f"<trace/><trace><event>{TIME}</event></trace><trace><int key='a' value='1'/></trace>")
    assert [record.object_id for record in found if isinstance(record, Object)] == ["trace 2", "trace 3"]


def test_a_trace_without_events_is_still_an_object(tmp_path: Path) -> None:
    assert read(tmp_path, '<trace><string key="concept:name" value="z"/></trace>') == [Object("z", "case", {})]


def test_a_name_that_occurs_twice_is_one_object_told_twice(tmp_path: Path) -> None:
    name = '<string key="concept:name" value="z"/>'
    found = read(tmp_path, f"<trace>{name}</trace><trace>{name}<int key='a' value='1'/></trace>")
    assert found == [Object("z", "case", {}), Object("z", "case", {"a": 1})]


def test_events_outside_traces_take_part_in_nothing(tmp_path: Path) -> None:
    (event,) = read(tmp_path, f"<event>{TIME}</event>")
    assert isinstance(event, Event)
    assert event.takes_part == []


def test_global_defaults_are_not_filled_in(tmp_path: Path) -> None:
    doc = f"""<global scope="event"><string key="org:resource" value="UNKNOWN"/><string key="x" value="y"/></global>
      <event>{TIME}</event>"""
    (event,) = read(tmp_path, doc)
    assert isinstance(event, Event)
    assert (event.actor, event.attributes) == (None, {})


def test_the_same_attribute_twice_with_one_value_is_no_fault(tmp_path: Path) -> None:
    assert event_attributes(tmp_path, '<int key="a" value="1"/><int key="a" value="1"/>') == {"a": 1}


def test_a_document_without_traces_is_fine_with_or_without_namespace(tmp_path: Path) -> None:
    assert read(tmp_path, "") == []
    path = tmp_path / "bare.xes"
    path.write_text(f"<log><event>{TIME}</event></log>")
    assert len(list(read_xes(path, Reading("bare.xes")))) == 1


def test_gzip_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(f"<log><event>{TIME}</event></log>".encode()))
    assert len(list(read_xes(path, Reading("log.xes.gz")))) == 1


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ('<int key="a" value="1.5"/>', "trace 1, event 1, a: it is not of type int: '1.5' is not a whole number"),
        ('<int key="a" value="9223372036854775808"/>', "does not fit in 64 bits"),
        ('<float key="a" value="1,5"/>', "'1,5' is not a number"),
        ('<boolean key="a" value="yes"/>', "'yes' is neither true nor false"),
        ('<date key="a" value="1 mei"/>', "'1 mei' is not an ISO 8601 date and time"),
        ('<date key="a" value="2024-01-01T10:00:00"/>', "no offset"),
        ('<date key="time:timestamp" value="soon"/>', "time:timestamp: 'soon' is not an ISO 8601"),
        ('<string value="x"/>', "trace 1, event 1: <string> has no key"),
        ('<string key="a"/>', "a: the attribute has no value"),
        ('<text key="a" value="x"/>', "a: <text> is not a type of attribute"),
        ('<int key="a" value="1"/><int key="a" value="2"/>', "a: the attribute has two values"),
        ('<string key="concept:name" value="x"/><string key="concept:name" value="y"/>', "two values"),
        ('<list key="a"><values><int key="b" value="x"/></values></list>', "a: it is not of type int"),
        ('<container key="a"><int value="1"/></container>', "a: <int> inside has no key"),
        ('<container key="a"><int key="b" value="1"/><int key="b" value="2"/></container>', "occurs twice"),
    ],
)
def test_each_way_to_be_wrong_has_its_sentence(tmp_path: Path, attribute: str, said: str) -> None:
    found = faults(tmp_path, f"<trace><event>{attribute}</event></trace>")
    assert len(found) == 1
    assert said in found[0]


def test_all_faults_are_collected_and_nothing_is_yielded_after_the_first(tmp_path: Path) -> None:
    bad, good = '<event><int key="a" value="x"/></event>', f"<event>{TIME}</event>"
    path = tmp_path / "log.xes"
    path.write_text(f"<log>{good}<trace>{bad}{good}{bad}</trace><trace>{good}</trace></log>")
    found = read_xes(path, Reading("log.xes"))
    assert isinstance(next(found), Event)
    with pytest.raises(Refused) as refused:
        next(found)
    assert [fault.where for fault in refused.value.faults] == [
        "log.xes: trace 1, event 1, a",
        "log.xes: trace 1, event 3, a",
    ]


def test_of_many_faults_fifty_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    found = faults(tmp_path, '<event><int key="a" value="x"/></event>' * 60)
    assert len(found) == 51
    assert found[-1] == "log.xes: and 10 more."


def test_a_document_that_breaks_off_is_refused_with_the_faults_before(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text('<log><event><int key="a" value="x"/></event><event>')
    with pytest.raises(Refused) as refused:
        list(read_xes(path, Reading("log.xes")))
    first, second = map(str, refused.value.faults)
    assert "not a whole number" in first
    assert "not well-formed XML" in second


def test_another_document_than_a_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text("<html><trace/></html>")
    with pytest.raises(Refused, match="'html', XES has 'log'"):
        list(read_xes(path, Reading("log.xes")))


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text('<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><event>&x;</event></log>')
    with pytest.raises(Refused, match="'x' is declared"):
        list(read_xes(path, Reading("log.xes")))


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
VALUES = st.one_of(
    NAMES,
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.decimals(-(10**9), 10**9, places=4),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
TRACES = st.lists(st.tuples(NAMES, st.dictionaries(NAMES, VALUES, max_size=3), st.integers(0, 3)), max_size=4)
ELEMENTS = {str: "string", int: "int", bool: "boolean", Decimal: "float", datetime: "date"}


def spelled(key: str, value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{ELEMENTS[type(value)]} key={quoteattr(key)} value={quoteattr(text)}/>"


@given(TRACES)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, traces: list[tuple[str, dict[str, object], int]]
) -> None:
    inside, expected = "", []
    for name, attributes, events in traces:
        given_attributes = {key: value for key, value in attributes.items() if key not in ("concept:name",)}
        spelling = "".join(spelled(key, value) for key, value in given_attributes.items())
        inside += f"<trace>{spelled('concept:name', name)}{spelling}{f'<event>{spelling}</event>' * events}</trace>"
        expected.append(Object(name, "case", given_attributes))  # type: ignore[arg-type]
        expected += [Event(None, None, [Taking(name, "case")], attributes=given_attributes)] * events  # type: ignore
    assert read(tmp_path_factory.mktemp("xes"), inside) == expected


@pytest.mark.skipif(not RECEIPT.exists(), reason="the receipt log is not beside the repository")
def test_the_receipt_log_is_read_whole() -> None:
    found = list(read_xes(RECEIPT, Reading("receipt.xes.gz")))
    events = [record for record in found if isinstance(record, Event)]
    assert len(events) == 8577
    assert len({record.object_id for record in found if isinstance(record, Object)}) == 1434
    assert {event.takes_part[0].object_id for event in events} <= {
        record.object_id for record in found if isinstance(record, Object)
    }
    assert all(event.time and event.type and event.actor for event in events)
    assert not any({"concept:name", "time:timestamp", "org:resource"} & set(event.attributes) for event in events)
