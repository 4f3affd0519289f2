"""Rules of `evidence.hashes`: SHA-256, and RFC 8785 with the vectors that its text gives."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.evidence.hashes import canonical_json, sha256_bytes, sha256_file
from scherp.faults import Refused

APPENDIX_B = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def test_a_files_hash_is_the_hash_of_its_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5_000
    (tmp_path / "run.json").write_bytes(content)
    assert sha256_file(tmp_path / "run.json") == hashlib.sha256(content).hexdigest() == sha256_bytes(content)


def test_the_hash_of_nothing_is_the_published_one() -> None:
    assert sha256_bytes(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_file_that_is_not_there_is_refused_by_its_name_only(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^gone\.json: cannot be read") as refused:
        sha256_file(tmp_path / "gone.json")
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(("bits", "expected"), APPENDIX_B.items())
def test_numbers_are_written_as_rfc_8785_appendix_b_lists_them(bits: str, expected: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_json(number) == expected.encode()


def test_the_example_of_rfc_8785_section_3_2() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_json(value) == expected.encode()


def test_keys_stand_in_the_order_of_their_utf_16_code_units() -> None:
    # U+FB33 lies before the smiley as a character and after it in UTF-16: the case that sorting text gets wrong
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical_json(dict.fromkeys(keys, 0)))
    assert list(written) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_control_characters_have_the_short_escape_where_json_has_one() -> None:
    assert canonical_json("\b\t\n\f\r\x00\x1f\x7f\u2028") == b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\xe2\x80\xa8"'


@given(JSON)
def test_what_is_written_reads_back_as_the_value_and_is_written_the_same_again(value: object) -> None:
    written = canonical_json(value)
    again = json.loads(written, parse_int=float)  # RFC 8785 takes every number for a double
    assert again == value
    assert canonical_json(again) == written


@given(st.dictionaries(TEXT, st.integers(-9, 9), min_size=2))
def test_the_order_in_which_a_map_was_made_does_not_show(value: dict[str, int]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_keeps_every_bit_but_the_sign_of_zero(number: float) -> None:
    assert struct.pack(">d", float(canonical_json(number)) + 0.0) == struct.pack(">d", number + 0.0)


def test_a_whole_float_and_the_integer_are_the_same_number() -> None:
    assert canonical_json([1.0, -20.0, 1e20]) == b"[1,-20,100000000000000000000]"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (math.nan, "$: is not a finite number."),
        (-math.inf, "$: is not a finite number."),
        (2**53 + 1, "$: is a whole number beyond 2^53; write it as text."),
        (-(2**53) - 1, "$: is a whole number beyond 2^53; write it as text."),
        (Decimal("1.5"), "$: is a Decimal, which JSON does not have."),
        (date(2026, 1, 1), "$: is a date, which JSON does not have."),
        ((1, 2), "$: is a tuple, which JSON does not have."),
        (b"x", "$: is a bytes, which JSON does not have."),
        ({1: "x"}, "$: has a key that is not text but int."),
        ("\ud800", "$: holds half a surrogate pair, which is no text."),
        ({"\udfff": 1}, "$: holds half a surrogate pair, which is no text."),
    ],
)
def test_what_json_cannot_say_exactly_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        canonical_json(value)
    assert str(refused.value) == sentence


def test_every_fault_in_a_value_is_named_with_its_path() -> None:
    with pytest.raises(Refused) as refused:
        canonical_json({"a": [1, math.nan], "b": {"c": Decimal(1)}})
    assert [fault.where for fault in refused.value.faults] == ["$.a[1]", "$.b.c"]


def test_a_value_that_nests_too_deep_is_refused_instead_of_exhausting_the_stack() -> None:
    value: object = 1
    for _ in range(200):
        value = [value]
    assert canonical_json(value) == b"[" * 200 + b"1" + b"]" * 200
    with pytest.raises(Refused, match="deeper than 200 levels"):
        canonical_json([value])
