"""What takes part in an EPCIS event, with its role: identifiers, quantities, documents, parties, places.

Rule: every identifier of a standard field takes part, exactly as written, under the role of its field; a quantity is
converted to the unit that is kept for its dimension. Source: EPCIS 2.0 section 7.3 (the fields of the event classes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scherp.events.epcis.faults import Found
from scherp.events.epcis.identifiers import object_type
from scherp.events.epcis.words import Kind, Words
from scherp.events.model import Taking
from scherp.events.quantities import to_kept_unit

_EPCS = (("epcList", "epc"), ("childEPCs", "child"), ("inputEPCList", "input"), ("outputEPCList", "output"))
_QUANTITIES = (
    ("quantityList", "epc"),
    ("childQuantityList", "child"),
    ("inputQuantityList", "input"),
    ("outputQuantityList", "output"),
)
At = tuple[str, int]
"""A member of a list: the field and its number. It is only written out for a fault."""
_PLACES = (("readPoint", "read_point"), ("bizLocation", "location"))
_TYPED: tuple[tuple[str, str, Kind], ...] = (
    ("bizTransactionList", "bizTransaction", "btt"),
    ("sourceList", "source", "sdt"),
    ("destinationList", "destination", "sdt"),
)
_OF_QUANTITY = {"epcClass", "quantity", "uom"}


@dataclass
class Takings:
    """objects: what takes part. units: the units of quantities as written, each once. place: where the event was."""

    word: Words
    found: Found
    objects: list[Taking] = field(default_factory=list)
    units: dict[str, None] = field(default_factory=dict)
    place: str | None = None

    def add(self, identifier: str, role: str) -> None:
        self.objects.append(Taking(identifier, object_type(identifier), role))


def takings(event: dict[str, Any], word: Words, found: Found) -> Takings:
    """What takes part in an event whose shape was checked; faults of its members are added to `found`."""
    parts = Takings(word, found)
    if "parentID" in event:
        parts.add(event["parentID"], "parent")
    for name, role in _EPCS:
        if name in event:
            _epcs(event[name], name, role, parts)
    for name, role in _QUANTITIES:
        for number, element in enumerate(event.get(name, ())):
            _quantity(element, (name, number), role, parts)
    for name, member, kind in _TYPED:
        for number, element in enumerate(event.get(name, ())):
            _typed(element, (name, number), (member, kind), parts)
    for name, role in _PLACES:
        if name in event:
            _place(event[name], name, role, parts)
    if "transformationID" in event:
        parts.objects.append(Taking(event["transformationID"], "transformation", "transformation"))
    return parts


def _epcs(given: list[Any], name: str, role: str, parts: Takings) -> None:
    for number, identifier in enumerate(given):
        if type(identifier) is str and identifier:
            parts.objects.append(Taking(identifier, object_type(identifier), role))
        else:
            parts.found.add(f"{name}[{number}]", "it is not an identifier")


def _quantity(element: Any, at: At, role: str, parts: Takings) -> None:
    if not _has_fields(element, at, ("epcClass", "quantity", "uom"), parts):
        return
    identifier, amount, unit = element["epcClass"], element.get("quantity"), element.get("uom")
    if unit is not None and not _text(unit):
        parts.found.add(f"{_place_of(at)}.uom", "it is not the code of a unit")
    elif "quantity" not in element:
        parts.add(identifier, role)
    elif type(amount) is not int and not isinstance(amount, Decimal):
        parts.found.add(f"{_place_of(at)}.quantity", "it is not a number")
    else:
        try:
            kept, kept_unit = to_kept_unit(Decimal(amount), unit)
        except ValueError as error:
            parts.found.add(f"{_place_of(at)}.quantity", str(error))
            return
        if unit is not None:
            parts.units[unit] = None
        parts.objects.append(Taking(identifier, object_type(identifier), role, kept, kept_unit))


def _typed(element: Any, at: At, of: tuple[str, Kind], parts: Takings) -> None:
    """A business transaction (its type may be missing), a source or a destination."""
    member, kind = of
    if not _has_fields(element, at, (member, "type"), parts):
        return
    identifier, typed = element[member], element.get("type")
    if "type" in element and not _text(typed):
        parts.found.add(f"{_place_of(at)}.type", "it is not a word")
    elif kind == "btt":
        named = parts.word(kind, typed) if typed else "transaction"
        parts.objects.append(Taking(identifier, named, "transaction"))
    elif typed:
        parts.add(identifier, f"{member}:{parts.word(kind, typed)}")
    else:
        parts.found.add(f"{_place_of(at)}.type", "it is missing")


def _place(element: dict[str, Any], name: str, role: str, parts: Takings) -> None:
    identifier = element.get("id")
    if not _text(identifier):
        parts.found.add(f"{name}.id", "it is not an identifier")
        return
    parts.add(str(identifier), role)
    parts.place = parts.place or identifier


def _has_fields(element: Any, at: At, fields: tuple[str, ...], parts: Takings) -> bool:
    """Is it a map with an identifier in the first of `fields`, and with no other fields than these?"""
    if not isinstance(element, dict) or not _text(element.get(fields[0])):
        parts.found.add(f"{_place_of(at)}.{fields[0]}", "it is not an identifier")
        return False
    if extra := element.keys() - fields:
        parts.found.add(
            _place_of(at), f"{', '.join(sorted(map(repr, extra)))} is not one of its fields: {', '.join(fields)}"
        )
        return False
    return True


def _place_of(at: At) -> str:
    return f"{at[0]}[{at[1]}]"


def _text(value: object) -> bool:
    return isinstance(value, str) and value != ""
