"""Reads a framework of norms from YAML, or says all that is wrong with it.

Rule: a file is refused whole, with a sentence for every fault: where it stands, what it is, what was meant. What can be
known without data is known here: two entries of one norm whose dates overlap, a theme that does not exist, a word of
the vocabulary that stands for another word. Source: the plan of the house, section 4; the engine's decision 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from scherp.faults import Fault, Refused
from scherp.norms.cursor import Fields, Page, Place, bilingual, entries, fields, items, kind_of, pattern, text
from scherp.norms.entries import WORD, norm
from scherp.norms.limits import zone
from scherp.norms.model import Framework, Norm, Pick, Selector, Text
from scherp.norms.selectors import parts, selector
from scherp.norms.spelling import nearest, shown
from scherp.norms.yaml_tree import parse_tree

LARGEST = 4 * 1024 * 1024
MOST_FAULTS = 200

T = TypeVar("T")

_ID = re.compile(rf"{WORD.pattern}(/{WORD.pattern})*")
_THEME = WORD
_OBJECT_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEED = ("framework", "title", "version", "themes", "norms")
_MAY = ("vocabulary", "objects", "zone", "mapping", "note")


def read_framework(path: Path, shown: str | None = None) -> Framework:
    """The framework in a file. shown: the file's name in sentences, by default its last part. Raises Refused."""
    name = shown or path.name
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise Refused(Fault(name, "there is no such file")) from None
    except OSError:
        raise Refused(Fault(name, "the file cannot be read", "It must be a file that you may read")) from None
    return parse_framework(_decoded(content, name), name)


def parse_framework(text: str, shown: str) -> Framework:
    """The framework that YAML `text` writes. shown: its name in sentences. Raises Refused with all faults."""
    if len(text) > LARGEST or len(text.encode("utf-8", "replace")) > LARGEST:
        raise Refused(Fault(shown, "the file is larger than 4 MiB", "Cut it into several frameworks"))
    tree = parse_tree(text, shown)
    page = Page(shown, tree.lines, tree.faults)
    if tree.value is None:
        raise _refusal(page)
    place = Place(page, tree.value, "$", tree.lines.get("$", 0))
    framework = _framework(place, text)
    if page.faults:
        raise _refusal(page)
    return framework


def _decoded(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        raise Refused(Fault(name, "the file is larger than 4 MiB", "Cut it into several frameworks"))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(Fault(f"{name}: line {line}", "is not UTF-8", "Save the file with the encoding UTF-8")) from None


def _refusal(page: Page) -> Refused:
    faults = list(dict.fromkeys(fault for _, fault in sorted(page.faults, key=lambda found: found[0])))
    if len(faults) > MOST_FAULTS:
        more = Fault(page.name, f"{len(faults) - MOST_FAULTS} more faults are not listed")
        faults = [*faults[:MOST_FAULTS], more]
    return Refused(faults)


def _framework(place: Place, source: str) -> Framework:
    got = fields(place, "a framework", _NEED, _MAY)
    themes = got.maybe("themes", lambda table: _table(table, "'themes'", _theme)) or {}
    known = tuple(themes) if "themes" in got and isinstance(got.at["themes"].value, dict) else None
    vocabulary = got.maybe("vocabulary", lambda table: _table(table, "'vocabulary'", _word)) or {}
    norms = got.maybe("norms", lambda listed: _norms(listed, known)) or ()
    if "vocabulary" in got and isinstance(got.at["vocabulary"].value, dict):
        _check_words(got.at["vocabulary"], vocabulary)
    _check_entries(got, norms)
    _check_events(got, norms, vocabulary)
    return Framework(
        framework=got.get("framework", _framework_id, ""),
        version=got.get("version", text, ""),
        title=got.get("title", bilingual, {}),
        themes=themes,
        norms=norms,
        text=source,
        vocabulary=vocabulary,
        zone=got.get("zone", zone, "Europe/Amsterdam"),
        mapping=got.maybe("mapping", _mapping),
        note=got.maybe("note", bilingual),
        objects=got.maybe("objects", _objects) or {},
    )


def _framework_id(place: Place) -> str:
    return pattern(place, _ID, "the id of a framework", "Write letters, digits, hyphens and slashes: nl/road-fines")


def _table(place: Place, what: str, read: Callable[[str, Place], T]) -> dict[str, T]:
    return {key: read(key, value) for key, value in entries(place, what)}


def _theme(key: str, place: Place) -> Text:
    if not _THEME.fullmatch(key):
        place.refuse(f"{shown(key)} is not the key of a theme", "Write letters, digits and hyphens")
    return bilingual(place)


def _word(key: str, place: Place) -> Selector:
    if not key.strip():
        place.refuse("a word of the vocabulary is empty")
    return selector(place)


def _objects(place: Place) -> dict[str, str]:
    """Own words for types of objects. A word stands for a type of the store, never for another word."""
    meant = _table(place, "'objects'", _object_word)
    for word, object_type in meant.items():
        if object_type != word and object_type in meant:
            what = f"the word {shown(word)} stands for {shown(object_type)}, which is a word itself"
            place.key(word).refuse(what, "Name the types of objects in the data")
    return meant


def _object_word(key: str, place: Place) -> str:
    object_type = text(place)
    if not _OBJECT_WORD.fullmatch(key) or key.casefold() in ("event", "object"):
        place.refuse(
            f"{shown(key)} is not a word for objects", "Write letters, digits and underscores, and not 'event'"
        )
    if object_type == "event":
        place.refuse("an event is not a type of object")
    return object_type


def _mapping(place: Place) -> dict[str, Any] | None:
    if isinstance(place.value, dict):
        return dict(place.value)
    place.refuse(f"'mapping' is a mapping, not {kind_of(place.value)}")
    return None


def _norms(place: Place, themes: tuple[str, ...] | None) -> tuple[Norm, ...]:
    listed = items(place, "'norms'")
    if isinstance(place.value, list) and not listed:
        place.refuse("the framework has no norms")
    return tuple(norm(item, themes) for item in listed)


def _check_words(place: Place, vocabulary: dict[str, Selector]) -> None:
    """A word stands for types of the store, never for another word or for itself."""
    for word, meant in vocabulary.items():
        for pick in meant.picks:
            if pick.event in vocabulary:
                what = f"the word {shown(word)} stands for {shown(pick.event)}, which is a word itself"
                place.key(word).refuse(what, "Name the types of events in the data")


def _check_entries(got: Fields, norms: tuple[Norm, ...]) -> None:
    """Entries of one norm agree on theme and class, and no day is in two of them."""
    for number, later in enumerate(norms):
        same = [earlier for earlier in norms[:number] if earlier.norm == later.norm and later.norm]
        if not same:
            continue
        place, first = got.at["norms"].items()[number], same[0]
        for what, one, other in (
            ("theme", first.theme, later.theme),
            ("class", first.norm_class, later.norm_class),
        ):
            if one != other:
                remedy = f"Give both the same {what}, or this one another id"
                place.refuse(f"the norm '{later.norm}' has another {what} than at {first.path}", remedy)
        for earlier in same:
            if _overlap(earlier, later):
                remedy = "Let one end on the day that the other begins, or give this one another id"
                place.refuse(
                    f"the norm '{later.norm}' is already valid on some of these days at {earlier.path}", remedy
                )


def _overlap(one: Norm, other: Norm) -> bool:
    start = max(one.valid.start or date.min, other.valid.start or date.min)
    ends = [end for end in (one.valid.end, other.valid.end) if end is not None]
    return not ends or start < min(ends)


def _check_events(got: Fields, norms: Iterable[Norm], vocabulary: dict[str, Selector]) -> None:
    """A type that no example has, and that is much like a word of the vocabulary, is that word misspelt.

    The store's own types are not known here, so that nothing else can be said of a type.
    """
    known = {pick.event for pick in parts(tuple(vocabulary.values()), Pick)} | vocabulary.keys()
    known |= {event.event for entry in norms for example in entry.examples for event in example.events}
    for number, entry in enumerate(norms):
        for name in dict.fromkeys(pick.event for pick in parts(entry.check, Pick)):
            meant = None if name in known or name == "?" else nearest(name, vocabulary, likeness=0.8)
            if meant is not None:
                place = got.at["norms"].items()[number].key("check")
                place.refuse(
                    f"{shown(name)} is no word of the vocabulary and no example has it", f"Did you mean '{meant}'?"
                )
