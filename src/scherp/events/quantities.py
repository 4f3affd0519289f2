"""Quantities: decimals in one unit per dimension, so that amounts of different sources can be added up.

Rule: mass is kept in grams (GRM), volume in litres (LTR), length in metres (MTR); any other unit stays as written and a
quantity without a unit counts pieces. A quantity is a decimal from its text to the store, never a float. The store
keeps DECIMAL(18,6): what does not fit is refused, and so is a metric amount finer than six places; only pounds, ounces,
gallons and their like are rounded to the sixth place (half to even), since their factors are longer than that. Source:
UNECE Recommendation 20 for the codes and the international yard and pound of 1959 for the factors.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

PLACES = 6
DIGITS = 18
_STEP = Decimal(1).scaleb(-PLACES)
_WIDE = Context(prec=60)
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)


class Unit(NamedTuple):
    """What one unit is in the unit that is kept. exact: its factor is a power of ten, so nothing need be rounded."""

    kept: str
    factor: Decimal
    exact: bool


def _units() -> dict[str, Unit]:
    metric = {
        "GRM": {"GRM": "1", "KGM": "1000", "MGM": "0.001", "TNE": "1000000"},
        "LTR": {"LTR": "1", "MLT": "0.001", "CLT": "0.01", "DLT": "0.1", "HLT": "100"}
        | {"MTQ": "1000", "DMQ": "1", "CMQ": "0.001"},
        "MTR": {"MTR": "1", "MMT": "0.001", "CMT": "0.01", "DMT": "0.1", "KMT": "1000"},
    }
    imperial = {
        "GRM": {"LBR": "453.59237", "ONZ": "28.349523125"},
        "LTR": {"GLL": "3.785411784", "GLI": "4.54609"},
        "MTR": {"INH": "0.0254", "FOT": "0.3048", "YRD": "0.9144"},
    }
    return {
        code: Unit(kept, Decimal(factor), exact)
        for exact, table in ((True, metric), (False, imperial))
        for kept, codes in table.items()
        for code, factor in codes.items()
    }


UNITS = _units()
"""UNECE code -> what it is in the unit that is kept."""


def parse_decimal(text: str) -> Decimal:
    """The decimal that `text` writes without an exponent; ValueError is one sentence."""
    text = text.strip()
    if not _PLAIN.match(text):
        raise ValueError(f"{text[:40]!r} is not a decimal number")
    return Decimal(text)


@lru_cache(maxsize=4096)  # the same amounts come again and again
def to_kept_unit(quantity: Decimal, unit: str | None) -> tuple[Decimal, str | None]:
    """(quantity, unit) in the unit that is kept for the dimension; ValueError where DECIMAL(18,6) cannot hold it."""
    known = UNITS.get(unit) if unit is not None else None
    if not quantity.is_finite():
        raise ValueError("the quantity is not a number")
    if quantity and abs(quantity.adjusted()) >= DIGITS:  # before any arithmetic: an exponent may be huge
        raise ValueError(_too_large(quantity, unit) if quantity.adjusted() > 0 else _too_fine(unit))
    if known is not None:
        quantity, unit = _WIDE.multiply(quantity, known.factor), known.kept
    if quantity and quantity.adjusted() >= DIGITS - PLACES:
        raise ValueError(_too_large(quantity, unit))
    kept = quantity.quantize(_STEP, ROUND_HALF_EVEN, _WIDE)
    if kept != quantity and (known is None or known.exact):
        raise ValueError(_too_fine(unit))
    return kept, unit


def _too_fine(unit: str | None) -> str:
    return f"the quantity has more than {PLACES} decimal places in {unit or 'pieces'}"


def _too_large(quantity: Decimal, unit: str | None) -> str:
    return f"the quantity {quantity:.3E} {unit or 'pieces'} is larger than the {DIGITS} digits that are kept"
