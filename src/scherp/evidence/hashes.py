"""Hashes, and the one way to write a value as JSON before it is hashed.

Rule: what is signed or chained is bytes that anyone can make again from the value alone. Source: FIPS 180-4 for
SHA-256; RFC 8785 (JSON Canonicalization Scheme) for the bytes: no white space, keys in the order of their UTF-16 code
units, numbers as ECMAScript writes them, text as UTF-8 with only the escapes that JSON needs.
"""

from __future__ import annotations

import hashlib
import json
import math
from decimal import Decimal
from pathlib import Path

from scherp.faults import Fault, Refused

_EXACT = 2**53
"""Whole numbers beyond this one are not exact as the doubles that RFC 8785 takes numbers for."""
_DEEPEST = 200
"""Levels of lists and maps; deeper is no record of ours, and would exhaust the stack."""


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file in 64 hexadecimal digits, read as a stream. Refused where the file cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as wrong:
        raise Refused(Fault(path.name, f"cannot be read: {wrong.strerror or 'it fails'}")) from None


def sha256_bytes(content: bytes) -> str:
    """The SHA-256 of `content` in 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def canonical_json(value: object) -> bytes:
    """`value` (text, numbers, booleans, None, lists and maps) as RFC 8785 JSON in UTF-8: equal values, equal bytes.

    Refused, with every place: a type that JSON lacks (a tuple, a date, a Decimal), a key that is no text, a number that
    is not finite, a whole number beyond 2^53, text with half a surrogate pair, more than 200 levels.
    A whole float of 2^53 or more is written as digits alone; whoever reads it back has to read it as a float.
    """
    faults: list[Fault] = []
    parts: list[str] = []
    _write(value, "$", 0, parts, faults)
    if faults:
        raise Refused(faults)
    return "".join(parts).encode()


def _write(value: object, where: str, depth: int, parts: list[str], faults: list[Fault]) -> None:
    if isinstance(value, list | dict):
        if depth == _DEEPEST:
            faults.append(Fault(where, f"lies deeper than {_DEEPEST} levels"))
        elif isinstance(value, list):
            _write_list(value, where, depth, parts, faults)
        else:
            _write_map(value, where, depth, parts, faults)
        return
    try:
        parts.append(_plain(value))
    except ValueError as wrong:
        faults.append(Fault(where, str(wrong)))


def _write_list(items: list[object], where: str, depth: int, parts: list[str], faults: list[Fault]) -> None:
    parts.append("[")
    for at, item in enumerate(items):
        parts.append("," if at else "")
        _write(item, f"{where}[{at}]", depth + 1, parts, faults)
    parts.append("]")


def _write_map(items: dict[object, object], where: str, depth: int, parts: list[str], faults: list[Fault]) -> None:
    keyed: list[tuple[bytes, str, object]] = []
    for key, item in items.items():
        try:
            if not isinstance(key, str):
                raise ValueError(f"has a key that is not text but {type(key).__name__}")
            _text(key)
            keyed.append((key.encode("utf-16-be"), key, item))
        except ValueError as wrong:
            faults.append(Fault(where, str(wrong)))
    parts.append("{")
    for at, (_, key, item) in enumerate(sorted(keyed, key=lambda pair: pair[0])):
        parts.append(f"{',' if at else ''}{_text(key)}:")
        _write(item, f"{where}.{key}", depth + 1, parts, faults)
    parts.append("}")


def _plain(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):  # before int, of which bool is a kind
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if abs(value) > _EXACT:
            raise ValueError("is a whole number beyond 2^53; write it as text")
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    raise ValueError(f"is a {type(value).__name__}, which JSON does not have")


def _text(text: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("holds half a surrogate pair, which is no text")
    return json.dumps(text, ensure_ascii=False)


def _number(number: float) -> str:
    """ECMAScript's Number::toString. Python's repr has the same shortest digits; only their layout differs."""
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    if number == 0:
        return "0"
    _, digit_tuple, exponent = Decimal(repr(abs(float(number)))).as_tuple()
    digits = "".join(map(str, digit_tuple))
    point = len(digits) + int(exponent)  # where the decimal point stands, counted from the first digit
    digits = digits.rstrip("0")
    sign = "-" if number < 0 else ""
    if len(digits) <= point <= 21:
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"
