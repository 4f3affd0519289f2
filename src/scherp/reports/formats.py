"""Numbers, moments and spans of time as people write them, in Dutch and English.

Rule: Dutch writes 1.234,5 and `1 april 2026, 14:30 UTC`, English 1,234.5 and `1 April 2026, 14:30 UTC`. A share is
never rounded to all or nothing: 99.97 % shows as `> 99.9%`. Source: Unicode CLDR's patterns for nl and en-GB.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from scherp.norms.model import Language


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_MONTHS: dict[Language, tuple[str, ...]] = {
    "nl": _names("januari februari maart april mei juni juli augustus september oktober november december"),
    "en": _names("January February March April May June July August September October November December"),
}
_UNITS: tuple[tuple[int, dict[Language, tuple[str, str]]], ...] = (
    (86_400, {"nl": ("dag", "dagen"), "en": ("day", "days")}),
    (3_600, {"nl": ("uur", "uur"), "en": ("hour", "hours")}),
    (60, {"nl": ("minuut", "minuten"), "en": ("minute", "minutes")}),
    (1, {"nl": ("seconde", "seconden"), "en": ("second", "seconds")}),
)
_SIZES = ("B", "kB", "MB", "GB", "TB")
_SWAP = str.maketrans(".,", ",.")


def number(value: float, lang: Language, decimals: int = 0) -> str:
    """A number with its thousands apart: 1.234,5 or 1,234.5."""
    english = f"{value:,.{decimals}f}"
    return english.translate(_SWAP) if lang == "nl" else english


def percent(part: float, lang: Language) -> str:
    """A share from 0 to 1 as a percentage with one decimal; all and nothing are only said where they are exact."""
    if 0 < part < 0.001:
        return f"< {number(0.1, lang, 1)}%"
    if 0.999 < part < 1:
        return f"> {number(99.9, lang, 1)}%"
    return f"{number(part * 100, lang, 1)}%"


def target_percent(part: float, lang: Language) -> str:
    """A target as a percentage with the decimals that it has: 90%, 92,5%."""
    written = f"{Decimal(str(part)) * 100:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return f"{written.translate(_SWAP) if lang == 'nl' else written}%"


def moment(iso: str | None, lang: Language) -> str:
    """An ISO 8601 moment in words; seconds are shown where they are not zero. Unreadable text stays as it is."""
    if iso is None:
        return "–"
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    clock = f"{at:%H:%M:%S}" if at.second or at.microsecond else f"{at:%H:%M}"
    return f"{_date(at, lang)}, {clock} UTC"


def day(iso: str, lang: Language) -> str:
    """An ISO 8601 date in words: 1 april 2026. Unreadable text stays as it is."""
    try:
        return _date(date.fromisoformat(iso[:10]), lang)
    except ValueError:
        return iso


def span(seconds: str | float, lang: Language) -> str:
    """A length of time in its two largest units, rounded down: `12 dagen en 3 uur`. Unreadable text stays as it is."""
    try:
        exact = Decimal(str(seconds))
        whole = int(abs(exact))
    except (InvalidOperation, ValueError, OverflowError):
        return str(seconds)
    if whole == 0:
        return {"nl": "minder dan 1 seconde", "en": "less than 1 second"}[lang] if exact else _amount(0, 1, lang)
    sign = "−" if exact < 0 else ""
    at = next(index for index, (size, _) in enumerate(_UNITS) if whole >= size)
    size = _UNITS[at][0]
    words = sign + _amount(whole // size, size, lang)
    if at + 1 < len(_UNITS) and (rest := whole % size // _UNITS[at + 1][0]):
        words += {"nl": " en ", "en": " and "}[lang] + _amount(rest, _UNITS[at + 1][0], lang)
    return words


def span_range(start: int, end: int | None, lang: Language) -> str:
    """The label of a bar of lateness, in seconds, the end not included: `1 tot 7 dagen`, `30 dagen of meer`."""
    if end is None:
        return f"{span(start, lang)} {'of meer' if lang == 'nl' else 'or more'}"
    if start == 0:
        return f"{'korter dan' if lang == 'nl' else 'less than'} {span(end, lang)}"
    till = "tot" if lang == "nl" else "to"
    # The unit in which a person would tell the start, where the end can be told in it too.
    size = next((size for size, _ in _UNITS if start >= size), 1)
    if start % size == 0 and end % size == 0:
        return f"{number(start // size, lang)} {till} {_amount(end // size, size, lang)}"
    return f"{span(start, lang)} {till} {span(end, lang)}"


def size(count: int, lang: Language) -> str:
    """A number of bytes in decimal units."""
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{number(amount, lang, 1 if unit and amount < 100 else 0)} {_SIZES[unit]}"


def _date(at: date, lang: Language) -> str:
    return f"{at.day} {_MONTHS[lang][at.month - 1]} {at.year}"


def _amount(count: int, size: int, lang: Language) -> str:
    one, more = next(words for length, words in _UNITS if length == size)[lang]
    return f"{number(count, lang)} {one if count == 1 else more}"
