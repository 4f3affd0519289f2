"""EPC URNs as Digital Links and back, scheme by scheme.

Rule: a URN tells the company prefix from the rest and leaves out the check digit; a serial number may hold dots.
Source: GS1 EPC Tag Data Standard 2.0, section 6 (URN syntax of each scheme).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, unquote

from scherp.events.epcis.links import KEYS, Link, check_digit, encode

PREFIX_LENGTHS = range(6, 13)
_SAFE = "!'()*+,-.:;=_"
_Rule = Callable[[str, list[str]], Link | None]


def link_of(urn: str) -> Link | None:
    """The Digital Link of an EPC URN (id, class or idpat); None where it has none or the URN is ill-formed."""
    parts = urn.split(":", 4)
    if len(parts) != 5 or parts[:2] != ["urn", "epc"]:
        return None
    rule = _RULES.get((parts[2], parts[3]))
    prefix, *fields = parts[4].split(".")
    if rule is None or not fields or not _digits(prefix) or len(prefix) not in PREFIX_LENGTHS:
        return None
    link = rule(prefix, fields)
    return link if link is not None and KEYS[link.ai].value.match(link.value) else None


def urns_of(link: Link, length: int) -> tuple[str, ...]:
    """The URNs that `link` may be where the company prefix has `length` digits; not all of them need be well-formed."""
    value, detail = link.value, _encode(link.detail or "")
    if link.ai == "01":
        gtin = f"{value[1 : 1 + length]}.{value[0]}{value[1 + length : 13]}"
        forms = {"21": (f"id:sgtin:{gtin}.{detail}",), "10": (f"class:lgtin:{gtin}.{detail}",)} | {
            "235": (f"id:upui:{gtin}.{detail}",)
        }
        bodies = forms.get(link.qualifier or "", (f"idpat:sgtin:{gtin}.*", f"idpat:upui:{gtin}.*"))
    elif link.ai == "8006":
        gtin = f"{value[1 : 1 + length]}.{value[0]}{value[1 + length : 13]}.{value[14:16]}.{value[16:18]}"
        bodies = (f"id:itip:{gtin}.{detail}" if link.qualifier else f"idpat:itip:{gtin}.*",)
    elif link.ai == "00":
        bodies = (f"id:sscc:{value[1 : 1 + length]}.{value[0]}{value[1 + length : 17]}",)
    elif link.ai == "414":
        bodies = (f"id:sgln:{value[:length]}.{value[length:12]}.{detail or '0'}",)
    elif link.ai in _SERIALISED:
        scheme, lead = _SERIALISED[link.ai]
        body, serial = value[len(lead) : len(lead) + 12], _encode(value[len(lead) + 13 :])
        kind = "id" if serial else "idpat"
        bodies = (f"{kind}:{scheme}:{body[:length]}.{body[length:]}.{serial or '*'}",)
    elif link.ai == "8010":
        kind, serial = ("id", detail) if link.qualifier else ("idpat", "*")
        bodies = (f"{kind}:cpi:{value[:length]}.{_encode(value[length:])}.{serial}",)
    else:
        checked = link.ai in ("402", "417", "8017", "8018")
        rest = value[length:-1] if checked else _encode(value[length:])
        bodies = (f"id:{KEYS[link.ai].scheme}:{value[:length]}.{rest}",)
    return tuple(f"urn:epc:{body}" for body in bodies)


_SERIALISED = {"8003": ("grai", "0"), "253": ("gdti", ""), "255": ("sgcn", "")}


def _encode(text: str) -> str:
    return text if text.isalnum() else quote(unquote(text), safe=_SAFE)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@lru_cache(maxsize=16_384)  # products and places repeat, serial numbers do not
def _checked(digits: str, length: int) -> str | None:
    """`digits` with their check digit, None unless they are `length` digits."""
    return digits + check_digit(digits) if _digits(digits) and len(digits) == length else None


def _gtin(prefix: str, item: str) -> str | None:
    return _checked(item[:1] + prefix + item[1:], 13)


# How each URN scheme becomes a key: rule(company prefix, the fields after it).


def _with(ai: str, value: str | None, qualifier: str | None = None, detail: str = "") -> Link | None:
    if value is None or (qualifier is not None and not detail):
        return None
    return Link(ai, value, qualifier, detail) if qualifier else Link(ai, value)


def _sgtin(qualifier: str) -> _Rule:
    def rule(prefix: str, fields: list[str]) -> Link | None:
        return _with("01", _gtin(prefix, fields[0]), qualifier, ".".join(fields[1:])) if len(fields) > 1 else None

    return rule


def _pattern(prefix: str, fields: list[str]) -> Link | None:
    return _with("01", _gtin(prefix, fields[0])) if fields[1:] == ["*"] else None


def _sscc(prefix: str, fields: list[str]) -> Link | None:
    serial = fields[0] if len(fields) == 1 else ""
    return _with("00", _checked(serial[:1] + prefix + serial[1:], 17))


def _fixed(ai: str, length: int) -> _Rule:
    """Keys of a fixed number of digits: prefix and one reference."""

    def rule(prefix: str, fields: list[str]) -> Link | None:
        return _with(ai, _checked(prefix + fields[0], length)) if len(fields) == 1 else None

    return rule


def _sgln(prefix: str, fields: list[str]) -> Link | None:
    extension = ".".join(fields[1:])
    if not extension:
        return None
    value = _checked(prefix + fields[0], 12)
    return _with("414", value) if extension == "0" else _with("414", value, "254", extension)


def _serialised(ai: str, lead: str = "", pattern: bool = False) -> _Rule:
    """Keys whose serial number follows the check digit: GRAI, GDTI, GCN."""

    def rule(prefix: str, fields: list[str]) -> Link | None:
        value, serial = _checked(prefix + fields[0], 12) if fields else None, ".".join(fields[1:])
        if value is None or not serial or pattern != (serial == "*"):
            return None
        return Link(ai, lead + value + ("" if pattern else encode(serial)))

    return rule


def _free(ai: str) -> _Rule:
    """Keys whose reference is free text: GIAI, GINC."""

    def rule(prefix: str, fields: list[str]) -> Link | None:
        reference = ".".join(fields)
        return Link(ai, prefix + encode(reference)) if reference else None

    return rule


def _cpi(pattern: bool) -> _Rule:
    def rule(prefix: str, fields: list[str]) -> Link | None:
        if len(fields) != 2 or not all(fields) or pattern != (fields[1] == "*"):
            return None
        value = prefix + encode(fields[0])
        return Link("8010", value) if pattern else Link("8010", value, "8011", fields[1])

    return rule


def _itip(pattern: bool) -> _Rule:
    def rule(prefix: str, fields: list[str]) -> Link | None:
        gtin, serial = _gtin(prefix, fields[0]) if len(fields) > 3 else None, ".".join(fields[3:])
        if gtin is None or not serial or pattern != (serial == "*"):
            return None
        value = gtin + fields[1] + fields[2]
        return Link("8006", value) if pattern else Link("8006", value, "21", serial)

    return rule


_RULES: dict[tuple[str, str], _Rule] = {
    ("id", "sgtin"): _sgtin("21"),
    ("class", "lgtin"): _sgtin("10"),
    ("id", "upui"): _sgtin("235"),
    ("idpat", "sgtin"): _pattern,
    ("idpat", "upui"): _pattern,
    ("id", "sscc"): _sscc,
    ("id", "sgln"): _sgln,
    ("id", "pgln"): _fixed("417", 12),
    ("id", "gsrn"): _fixed("8018", 17),
    ("id", "gsrnp"): _fixed("8017", 17),
    ("id", "gsin"): _fixed("402", 16),
    ("id", "grai"): _serialised("8003", "0"),
    ("idpat", "grai"): _serialised("8003", "0", pattern=True),
    ("id", "gdti"): _serialised("253"),
    ("idpat", "gdti"): _serialised("253", pattern=True),
    ("id", "sgcn"): _serialised("255"),
    ("idpat", "sgcn"): _serialised("255", pattern=True),
    ("id", "giai"): _free("8004"),
    ("id", "ginc"): _free("401"),
    ("id", "cpi"): _cpi(pattern=False),
    ("idpat", "cpi"): _cpi(pattern=True),
    ("id", "itip"): _itip(pattern=False),
    ("idpat", "itip"): _itip(pattern=True),
}
