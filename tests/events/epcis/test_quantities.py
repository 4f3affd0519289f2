"""A quantity is an exact decimal in one unit per dimension, or it is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.quantities import UNITS, parse_decimal, to_kept_unit

LARGEST = Decimal("999999999999.999999")


@pytest.mark.parametrize(
    ("quantity", "unit", "kept", "kept_unit"),
    [
        ("12.5", "KGM", "12500", "GRM"),
        ("3", "GRM", "3", "GRM"),
        ("250", "MGM", "0.25", "GRM"),
        ("0.002", "TNE", "2000", "GRM"),
        ("1", "LBR", "453.59237", "GRM"),
        ("1", "ONZ", "28.349523", "GRM"),
        ("750", "MLT", "0.75", "LTR"),
        ("1.5", "MTQ", "1500", "LTR"),
        ("30", "CMT", "0.3", "MTR"),
        ("1", "INH", "0.0254", "MTR"),
        ("7", "XBX", "7", "XBX"),
        ("7", None, "7", None),
        ("-1", "KGM", "-1000", "GRM"),
    ],
)
def test_one_unit_per_dimension(quantity: str, unit: str | None, kept: str, kept_unit: str | None) -> None:
    assert to_kept_unit(Decimal(quantity), unit) == (Decimal(kept), kept_unit)


@given(
    st.decimals(min_value=-1000, max_value=1000, places=3),
    st.sampled_from([code for code, unit in UNITS.items() if unit.exact]),
)
def test_metric_units_are_converted_exactly(quantity: Decimal, unit: str) -> None:
    kept, kept_unit = to_kept_unit(quantity, unit)
    assert kept_unit == UNITS[unit].kept
    assert kept == quantity * UNITS[unit].factor
    assert -kept.as_tuple().exponent == 6  # type: ignore[operator]


@pytest.mark.parametrize("quantity", ["999999999999.999999", "-999999999999.999999", "0.000001", "0", "1E+3", "0E+99"])
def test_eighteen_digits_fit(quantity: str) -> None:
    assert to_kept_unit(Decimal(quantity), None) == (Decimal(quantity), None)


@pytest.mark.parametrize(
    ("quantity", "unit", "sentence"),
    [
        ("1000000000000", None, "larger than"),
        ("1000000000", "KGM", "larger than"),
        ("1E+999999999", None, "larger than"),
        ("1E+999999999", "KGM", "larger than"),
        ("0.0000001", None, "more than 6 decimal places in pieces"),
        ("0.0001", "MGM", "more than 6 decimal places in GRM"),
        ("1E-999999999", "KGM", "more than 6 decimal places"),
        ("NaN", None, "not a number"),
        ("Infinity", "KGM", "not a number"),
    ],
)
def test_what_does_not_fit_is_refused(quantity: str, unit: str | None, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        to_kept_unit(Decimal(quantity), unit)


@pytest.mark.parametrize(("text", "number"), [("1.50", "1.50"), (" 7 ", "7"), ("+3.", "3"), (".5", "0.5"), ("-0", "0")])
def test_a_decimal_is_read_from_its_text(text: str, number: str) -> None:
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1e3", "1,5", "NaN", "INF", "0x10", "1 2", "١"])
def test_other_texts_are_no_decimals(text: str) -> None:
    with pytest.raises(ValueError, match="is not a decimal number"):
        parse_decimal(text)
