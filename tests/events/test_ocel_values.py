"""Typed values: what each declared type makes of what a source wrote."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.ocel.values import MAX_DIGITS, number, typed


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "integer", None),
        ("", "string", ""),
        (" ", "float", None),
        (5, "string", "5"),
        (True, "string", "true"),
        ("5.0", "integer", 5),
        (5, "float", Decimal(5)),
        (2.5, "float", Decimal("2.5")),
        (1, "boolean", True),
        ("FALSE", "boolean", False),
        (False, "boolean", False),
        ("2024-02-29", "time", date(2024, 2, 29)),
        ("-0.0", "float", Decimal("0.0")),
    ],
)
def test_a_value_becomes_what_its_type_declares(value: object, kind: str, expected: object) -> None:
    found = typed(value, kind, None)
    assert (type(found), str(found)) == (type(expected), str(expected))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1_000", "integer"),
        ("1_000", "float"),
        ("٣", "integer"),
        ("٣", "float"),
        (2.5, "integer"),
        ("1e5", "integer"),
        ("9" * 5000, "integer"),
        (True, "float"),
        (2, "boolean"),
        (b"x", "string"),
        ([], "string"),
        ({}, "float"),
        ("2024-13-01", "time"),
        ("2024-02-30", "date"),
        ("2024-01-01T00:00:00", "time"),
    ],
)
def test_what_is_not_of_the_type_is_a_sentence(value: object, kind: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        typed(value, kind, None)


@given(st.integers(-(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1), st.integers(0, MAX_DIGITS))
def test_every_number_of_up_to_18_digits_is_kept_exactly(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    assert number(format(exact, "f")) == exact
    assert isinstance(number(format(exact, "f")), Decimal)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_with_its_value(value: float) -> None:
    assert float(number(repr(value))) == value


@given(st.datetimes(timezones=st.sampled_from([None]), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))
def test_a_moment_keeps_its_offset(value: datetime) -> None:
    found = typed(value.isoformat() + "+05:30", "time", None)
    assert isinstance(found, datetime)
    assert found.replace(tzinfo=None) == value
    assert found.utcoffset() == timedelta(hours=5, minutes=30)
