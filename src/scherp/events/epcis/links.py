"""GS1 Digital Link URIs taken apart and put together again.

Rule: on whatever domain it stands, a Digital Link is a key and its finest qualifier; its canonical form stands on
id.gs1.org, without query. Source: GS1 Digital Link URI Syntax 1.2, section 4.11 (canonical form); GS1 General
Specifications, section 7.9 (check digit); CBV 2.0, section 8.9 (only the finest level of identification).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

_DOMAIN = "https://id.gs1.org"
_SAFE = "'-._;="  # of GS1's 82 characters these stand as they are in a path; quote() leaves letters and digits
_PART = r"(?:[!'()*+,.:;=_A-Za-z0-9-]|%[0-9A-Fa-f]{2})"


class Key(NamedTuple):
    """A GS1 key. ai: its application identifier. value: what its value looks like (percent-encoded)."""

    ai: str
    scheme: str
    value: re.Pattern[str]
    qualifiers: tuple[str, ...] = ()  # finest first


def _key(ai: str, scheme: str, value: str, *qualifiers: str) -> Key:
    return Key(ai, scheme, re.compile(value + r"\Z", re.ASCII), qualifiers)


KEYS = {
    key.ai: key
    for key in (
        _key("00", "sscc", r"\d{18}"),
        _key("01", "gtin", r"(?:\d{8}|\d{12,14})", "21", "235", "10"),
        _key("253", "gdti", rf"\d{{13}}{_PART}{{0,17}}"),
        _key("255", "gcn", r"\d{13}\d{0,12}"),
        _key("401", "ginc", rf"\d{{4}}{_PART}{{0,26}}"),
        _key("402", "gsin", r"\d{17}"),
        _key("414", "sgln", r"\d{13}", "254"),
        _key("417", "pgln", r"\d{13}"),
        _key("8003", "grai", rf"\d{{14}}{_PART}{{0,16}}"),
        _key("8004", "giai", rf"\d{{4}}{_PART}{{0,26}}"),
        _key("8006", "itip", r"\d{18}", "21", "10"),
        _key("8010", "cpi", rf"\d{{4}}{_PART}{{0,26}}", "8011"),
        _key("8017", "gsrnp", r"\d{18}"),
        _key("8018", "gsrn", r"\d{18}"),
    )
}
# The short names that Digital Link 1.2 still allowed in place of the numbers.
_SHORT = {
    "sscc": "00", "gtin": "01", "gdti": "253", "gcn": "255", "ginc": "401", "gsin": "402", "gln": "414",
    "party": "417", "grai": "8003", "giai": "8004", "itip": "8006", "cpid": "8010", "gsrnp": "8017", "gsrn": "8018",
}  # fmt: skip
_SHORT_QUALIFIERS = {"ser": "21", "lot": "10", "cpv": "22"}


class Link(NamedTuple):
    """A Digital Link taken apart: the key, its value, and its finest qualifier where it has one."""

    ai: str
    value: str
    qualifier: str | None = None
    detail: str | None = None


def parse_link(uri: str) -> Link | None:
    """The GS1 key in the path of a Digital Link on any domain, None where there is none."""
    path = uri.partition("?")[0].partition("#")[0]
    parts = path.rstrip("/").split("/")[3:]
    for place, name in enumerate(parts[:-1]):
        key = KEYS.get(_SHORT.get(name, name))
        if key is not None and key.value.match(parts[place + 1]):
            return _finest(key, parts[place + 1], parts[place + 2 :])
    return None


def write_link(link: Link) -> str:
    """The canonical URI."""
    text = f"{_DOMAIN}/{link.ai}/{encode(link.value)}"
    return text if link.qualifier is None else f"{text}/{link.qualifier}/{encode(link.detail or '')}"


def encode(text: str) -> str:
    """`text`, percent-encoded or not, as it stands in the path of a Digital Link."""
    return text if text.isalnum() else quote(unquote(text), safe=_SAFE)


def check_digit(digits: str) -> str:
    """The GS1 check digit that belongs after `digits`."""
    total = 3 * sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def _finest(key: Key, value: str, rest: list[str]) -> Link:
    given = {_SHORT_QUALIFIERS.get(name, name): text for name, text in zip(rest[::2], rest[1::2], strict=False)}
    value = value.zfill(14) if key.ai == "01" else value
    for qualifier in key.qualifiers:
        if given.get(qualifier):
            return Link(key.ai, value, qualifier, given[qualifier])
    return Link(key.ai, value)
