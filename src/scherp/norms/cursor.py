"""A place in a document: a value that knows where it stands, and readers of the plainest values.

Rule: a reader takes a place and returns a value of its type, always. Where the value is wrong it notes a fault on the
page and returns a stand-in, so that one pass finds every fault; whoever started the pass refuses the whole document if
the page has any. An empty optional value counts as left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from scherp.faults import Fault
from scherp.norms.model import Text
from scherp.norms.spelling import advice, nearest, shown
from scherp.norms.yaml_tree import child_path

T = TypeVar("T")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass
class Page:
    """The document that is being read: its name in sentences, the line of each path, the faults found so far."""

    name: str
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """A value at a path of a page. line: where it starts; 0 where that is not known."""

    page: Page
    value: Any
    path: str = "$"
    line: int = 0

    def refuse(self, what: str, remedy: str = "") -> None:
        """Note a fault here."""
        at = f" (line {self.line})" if self.line else ""
        self.page.faults.append((self.line, Fault(f"{self.page.name}: {self.path}{at}", what, remedy)))

    def key(self, key: str) -> Place:
        """The place of a mapping's key."""
        return self._at(child_path(self.path, key), self.value[key])

    def items(self) -> list[Place]:
        """The places of a list's items."""
        return [self._at(f"{self.path}[{number}]", item) for number, item in enumerate(self.value)]

    def _at(self, path: str, value: Any) -> Place:
        return Place(self.page, value, path, self.page.lines.get(path, self.line))


@dataclass(frozen=True)
class Fields:
    """The known keys of a mapping that have a value."""

    place: Place
    at: dict[str, Place]

    def __contains__(self, key: str) -> bool:
        return key in self.at

    def get(self, key: str, read: Callable[[Place], T], default: T) -> T:
        """What `read` makes of the key's value; `default` where the key is left out."""
        return read(self.at[key]) if key in self.at else default

    def maybe(self, key: str, read: Callable[[Place], T]) -> T | None:
        """What `read` makes of the key's value; None where the key is left out."""
        return read(self.at[key]) if key in self.at else None


def fields(place: Place, what: str, need: Iterable[str], may: Iterable[str] = ()) -> Fields:
    """The keys of a mapping. what: what it is, in a sentence. Faults: no mapping, unknown, missing and empty keys."""
    need = tuple(need)
    known = (*need, *may)
    if not isinstance(place.value, dict):
        place.refuse(f"{what} is a mapping, not {kind_of(place.value)}", f"Its keys are: {', '.join(known)}.")
        return Fields(place, {})
    misspelt = set()
    for key in place.value:
        if key not in known:
            place.key(key).refuse(f"{shown(key)} is not a key of {what}", advice(key, known))
            misspelt.add(nearest(key, known))
    for key in need:
        if key not in place.value:
            if key not in misspelt:
                place.refuse(f"{what} needs the key '{key}'")
        elif place.value[key] is None:
            place.key(key).refuse(f"'{key}' has no value")
    return Fields(place, {key: place.key(key) for key in known if place.value.get(key) is not None})


def items(place: Place, what: str) -> list[Place]:
    """The items of a list; a fault and none where it is no list."""
    if isinstance(place.value, list):
        return place.items()
    place.refuse(f"{what} is a list, not {kind_of(place.value)}")
    return []


def one_or_more(place: Place, read: Callable[[Place], T]) -> tuple[T, ...]:
    """What `read` makes of the value, or of each item where it is a list; an empty list is a fault."""
    if not isinstance(place.value, list):
        return (read(place),)
    if not place.value:
        place.refuse("the list is empty")
    return tuple(read(item) for item in place.items())


def entries(place: Place, what: str) -> Iterator[tuple[str, Place]]:
    """The keys of a mapping of free keys, each with the place of its value."""
    if not isinstance(place.value, dict):
        place.refuse(f"{what} is a mapping, not {kind_of(place.value)}")
        return
    for key in place.value:
        yield key, place.key(key)


def text(place: Place) -> str:
    """A text that is not empty."""
    value = place.value
    if isinstance(value, str):
        if not value.strip():
            place.refuse("the text is empty")
        return value
    remedy = "" if isinstance(value, dict | list) else "Put it in quotes to make it text"
    place.refuse(f"a text belongs here, not {kind_of(value)}", remedy)
    return ""


def choice(place: Place, known: Iterable[str], what: str) -> str:
    """One of the known words."""
    names = tuple(known)
    word = place.value
    if isinstance(word, str) and word in names:
        return word
    if isinstance(word, str):
        place.refuse(f"{shown(word)} is not {what}", advice(word, names))
    else:
        place.refuse(f"{kind_of(word)} is not {what}", f"Known are: {', '.join(names)}.")
    return names[0] if names else ""


def pattern(place: Place, form: re.Pattern[str], what: str, remedy: str) -> str:
    """A text of a fixed form."""
    before = len(place.page.faults)
    value = text(place)
    if len(place.page.faults) == before and not form.fullmatch(value):
        place.refuse(f"{shown(value)} is not {what}", remedy)
    return value


def whole(place: Place, lowest: int) -> int:
    """A whole number that is at least `lowest`."""
    value = place.value
    if isinstance(value, int) and not isinstance(value, bool):
        if lowest <= value <= 10**12:
            return value
        place.refuse(f"{kind_of(value)} is out of range", f"It is at least {lowest}")
    else:
        place.refuse(f"a whole number belongs here, not {kind_of(value)}")
    return lowest


def day(place: Place) -> date:
    """A date as `2026-01-31`."""
    value = place.value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    place.refuse(f"{shown(value)} is not a date", "Write it as year-month-day, such as 2026-01-31")
    return date.min


def bilingual(place: Place) -> Text:
    """A text in Dutch and English, both of them there."""
    got = fields(place, "a text in two languages", ("nl", "en"))
    return {language: got.get(language, text, "") for language in ("nl", "en")}


def kind_of(value: object) -> str:
    """What a value is, for a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value '{str(value).lower()}'"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"the number {str(value)[:40]}"
