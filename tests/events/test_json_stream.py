"""Long lists come out of a JSON document member by member, and nothing else gets lost."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scherp.events import json_stream
from scherp.events.json_stream import Member, malformed, stream_members
from scherp.faults import Refused

LISTS = {"events": ("body", "events"), "objects": ("objects",)}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(['"', "\\", '\\"', "[{,", "]}", "é\u2028"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def stream(text: str | bytes, lists: dict[str, tuple[str, ...]] = LISTS) -> list[Member]:
    raw = text if isinstance(text, bytes) else text.encode()
    return list(stream_members(io.BytesIO(raw), lists, "in.json"))


def refusal(text: str | bytes, lists: dict[str, tuple[str, ...]] = LISTS) -> str:
    with pytest.raises(Refused) as refused:
        stream(text, lists)
    return str(refused.value)


@settings(max_examples=150)
@given(
    events=st.lists(JSON, max_size=5),
    objects=st.lists(JSON, max_size=3),
    other=st.dictionaries(st.sampled_from(["events", "a", '"', "é"]), JSON, max_size=3),
    chunk=st.sampled_from([1, 2, 3, 7, 64, 1 << 20]),
    style=st.sampled_from([{"indent": 1}, {"ensure_ascii": False}, {"separators": (",", ":")}]),
)
def test_members_and_skeleton_are_the_document(
    events: list[Any], objects: list[Any], other: dict[str, Any], chunk: int, style: dict[str, Any]
) -> None:
    document = {"other": other, "body": {"x": [other], "events": events, "y": 1}, "objects": objects, "z": [[]]}
    text = json.dumps(document, **style).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_CHUNK", chunk)
        *members, skeleton = stream(text)
    assert [json.loads(member.raw) for member in members if member.list == "events"] == events
    assert [json.loads(member.raw) for member in members if member.list == "objects"] == objects
    assert all(text[member.offset : member.offset + len(member.raw)] == member.raw for member in members)
    assert skeleton.list == ""
    document["body"]["events"] = document["objects"] = []  # type: ignore[index]
    assert json.loads(skeleton.raw) == document


def parse(text: bytes) -> list[Any]:
    # decoded first: given bytes, json would guess UTF-16 from a null byte
    return [json.loads(member.raw.decode(), strict=False) for member in stream(text)]


@settings(max_examples=150)
@given(document=JSON, place=st.integers(min_value=0), byte=st.integers(0, 255), chunk=st.sampled_from([1, 5, 1 << 20]))
def test_what_json_refuses_is_never_taken_for_a_document(document: Any, place: int, byte: int, chunk: int) -> None:
    text = bytearray(json.dumps({"body": {"events": [document, 1]}, "objects": document}).encode())
    text[place % len(text)] = byte
    try:
        json.loads(bytes(text).decode(), strict=False)  # a control character inside a text is let through
    except ValueError:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_stream, "_CHUNK", chunk)
            with pytest.raises((Refused, ValueError)):
                parse(bytes(text))


def test_the_whole_document_may_be_the_list() -> None:
    assert stream(' [1, {"a": [2]} ,"x"]\n', {"all": ()}) == [
        Member("all", b"1", 2),
        Member("all", b'{"a": [2]}', 5),
        Member("all", b'"x"', 17),
        Member("", b" []\n", 0),
    ]


def test_a_list_that_is_absent_yields_nothing() -> None:
    assert stream('{"body": {}}') == [Member("", b'{"body": {}}', 0)]


def test_another_value_than_a_list_stays_in_the_skeleton() -> None:
    text = '{"body": {"events": {"a": [1]}}, "objects": null}'
    assert stream(text) == [Member("", text.encode(), 0)]


def test_a_key_may_be_written_with_escapes() -> None:
    assert stream('{"obj\\u0065cts": [1]}')[0] == Member("objects", b"1", 18)


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert stream(b'\xef\xbb\xbf{"objects":[7]}') == [Member("objects", b"7", 15), Member("", b'{"objects":[]}', 0)]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "in.json", "empty"),
        ("  \n", "in.json", "empty"),
        ('{"objects": [1, 2', "byte 17", "ends before 2 brackets are closed; its last member begins at byte 15"),
        ('{"objects": ["a', "byte 15", "ends inside a text"),
        ('{"objects": []', "byte 14", "ends before 1 brackets are closed"),
        ('{"objects": [1,,2]}', "byte 15", "a member is missing"),
        ('{"objects": [1,]}', "byte 15", "a member is missing"),
        ('{"objects": [,1]}', "byte 13", "a member is missing"),
        ('{"objects": [1}}', "byte 14", "closed by a brace"),
        ('{"objects": [1]} {}', "byte 17", "follows after the end"),
        ('{"objects": [1]} x', "byte 18", "trailing characters"),
        ('{"objects": [1]}}', "byte 16", "follows after the end"),
        ('{"objects": [1] "a": 2}', "byte 16", "malformed"),
        ('{"a": tru, "objects": [1]}', "byte 10", "malformed"),
        ('{"objects": [1, 2], "a": tru}', "byte 29", "malformed"),
        (',{"a": 1}', "byte 0", "outside everything"),
        (b'{"objects": ["\xff"]}', "byte 14", "not UTF-8"),
        (b'{"objects": ["\xc3', "byte 15", "ends inside a character"),
        ('{"objects": [1], "objects": [2]}', "byte 28", "'objects' occurs twice"),
        ('{"objects": [1], "objects": 5}', "byte 29", "'objects' occurs twice"),
        ('{"body": {"events": [1]}, "body": {"events": [2]}}', "byte 34", "'body' occurs twice"),
        ('{\n "a": 1,\n "objects": [1,\n,2]}', "byte 27, line 4", "a member is missing"),
    ],
)
def test_every_way_to_be_malformed_has_its_place_and_sentence(text: str | bytes, where: str, what: str) -> None:
    sentence = refusal(text)
    assert where in sentence
    assert what in sentence


def test_a_document_may_be_200_deep_and_no_deeper() -> None:
    def nested(depth: int) -> str:
        return '{"objects": [' + "[" * (depth - 2) + "]" * (depth - 2) + "]}"

    assert len(stream(nested(200))) == 2
    assert "byte 211, line 1: brackets are nested more than 200 deep" in refusal(nested(201))


def test_a_member_is_no_larger_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_MEMBER", 100)
    for chunk in (16, 1 << 20):
        monkeypatch.setattr(json_stream, "_CHUNK", chunk)
        assert len(stream('{"objects": ["' + "x" * 98 + '"]}')) == 2
        assert "one member of the list 'objects' is larger" in refusal('{"objects": ["' + "x" * 200 + '"]}')
        assert "outside its lists is larger" in refusal('{"a": "' + "x" * 200 + '", "objects": [1]}')


class Endless(io.RawIOBase):
    """A document of many chunks that never stands in memory as a whole."""

    def __init__(self, members: int) -> None:
        self.parts = iter([b'{"objects":[', *([b'{"a":"' + b"x" * 1000 + b'"},'] * members), b"1]}"])
        self.held = b""

    def read(self, size: int = -1) -> bytes:
        while len(self.held) < size and (part := next(self.parts, b"")):
            self.held += part
        taken, self.held = self.held[:size], self.held[size:]
        return taken


def test_nothing_of_a_member_is_kept_once_it_is_out() -> None:
    def peak(members: int) -> int:
        tracemalloc.start()
        assert sum(1 for _ in stream_members(Endless(members), LISTS, "in.json")) == members + 2  # type: ignore[arg-type]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < peak(5_000) * 1.5


def test_the_fault_of_a_member_tells_the_byte_of_the_document() -> None:
    member = stream('{"objects": [1, {"a" 2}]}')[1]
    with pytest.raises(msgspec.DecodeError) as error:
        msgspec.json.decode(member.raw)
    assert str(malformed(member, error.value, "in.json")) == (
        "in.json: byte 16: JSON is malformed: expected ':' (byte 21)."
    )
