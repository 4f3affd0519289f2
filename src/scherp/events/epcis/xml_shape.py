"""An EPCIS event in XML, brought into the shape of EPCIS 2.0 JSON, so that both are mapped by the same rules.

Rule: a list element becomes a list of its members, `extension` and `baseExtension` wrappers of EPCIS 1.x are opened, an
element of another namespace is an extension named `prefix:local`. Its text is a number, truth value or moment where
`xsi:type` says so, and a plain decimal number of the house's own namespace is a number too, so that JSON and XML of one
event agree. Source: EPCIS 2.0 section 9 (XML) and 10 (JSON); the XSD of EPCIS 1.2 for the wrappers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from scherp.events.epcis.shape import FIELDS
from scherp.events.epcis.words import NAMESPACE, PREFIX
from scherp.events.instants import parse_instant
from scherp.events.quantities import parse_decimal
from scherp.events.xml_stream import local_name

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_XSI_TYPE, _XSI_NIL = f"{_XSI}type", f"{_XSI}nil"
_WRAPPERS = {"extension", "baseExtension"}
_JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?\Z", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?\Z", re.ASCII)
_LONG = 1000  # digits that Python turns into an int without complaint
_SENSOR_NUMBERS = {"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"}
_INTEGERS = {"integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt"}
_DECIMALS = {"double", "float", "decimal"}
_EPC_LISTS = {"epcList", "childEPCs", "inputEPCList", "outputEPCList"}
_QUANTITY_LISTS = {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}
_ONCE = set().union(*FIELDS.values()) | {"id", "declarationTime", "reason", "correctiveEventIDs"}
_TYPED_LISTS = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}


def event_of(element: etree._Element) -> dict[str, Any]:
    """The event as a map in the shape of EPCIS 2.0 JSON. ValueError, one sentence, where a text is not of its type."""
    event: dict[str, Any] = {"type": local_name(element)}
    for child in _children(element):
        name = _name(child)
        if name == "certificationInfo":
            event.setdefault(name, []).append(_text(child))
        else:
            _put(event, name, _member(child, name))
    if element.get("certificationInfo"):
        event["certificationInfo"] = [element.get("certificationInfo")]
    return event


def namespaces_of(element: etree._Element) -> dict[str, str]:
    """prefix -> namespace for all that the event or anything in it declares."""
    found: dict[str, str] = {}
    for inner in element.iter("*"):
        found.update((prefix, str(uri)) for prefix, uri in inner.nsmap.items() if prefix)
    return found


def _member(child: etree._Element, name: str) -> Any:
    if ":" in name:
        return _extension(child)
    if name in _EPC_LISTS:
        return [_text(epc) for epc in child]
    if name in _QUANTITY_LISTS:
        return [_quantity(one) for one in child]
    if name in _TYPED_LISTS:
        return [_typed(one, _TYPED_LISTS[name]) for one in child]
    read = _READ.get(name)
    return _text(child) if read is None else read(child)


def _put(made: dict[str, Any], name: str, value: Any) -> None:
    """A second extension of one name makes a list of them; a standard field does not occur twice."""
    if name not in made:
        made[name] = value
    elif name in _ONCE:
        raise ValueError(f"the field {name} occurs twice")
    elif isinstance(made[name], _Many):
        made[name].append(value)
    else:
        made[name] = _Many([made[name], value])


class _Many(list[Any]):
    """The values of an extension that is repeated, told apart from a single value."""


def _quantity(element: etree._Element) -> dict[str, Any]:
    """A quantity that is nil is not known, as if it were not there."""
    stated = (child for child in _children(element) if child.get(_XSI_NIL) not in ("true", "1"))
    quantity: dict[str, Any] = {_name(child): _text(child) for child in stated}
    if "quantity" in quantity:
        quantity["quantity"] = parse_decimal(quantity["quantity"])
    return quantity


def _typed(element: etree._Element, member: str) -> dict[str, Any]:
    typed = element.get("type")
    return {member: _text(element)} | ({} if typed is None else {"type": typed.strip()})


def _place(element: etree._Element) -> dict[str, Any]:
    return _fields(element, {})


def _persistent(element: etree._Element) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for child in _children(element):
        held.setdefault(_name(child), []).append(_text(child))
    return held


def _declaration(element: etree._Element) -> dict[str, Any]:
    return _fields(element, {"correctiveEventIDs": lambda ids: [_text(one) for one in ids]})


def _fields(element: etree._Element, special: dict[str, Callable[[etree._Element], Any]]) -> dict[str, Any]:
    """The members of a standard field: its own are texts (or `special`), the others are extensions."""
    made: dict[str, Any] = {}
    for child in _children(element):
        name = _name(child)
        _put(made, name, _extension(child) if ":" in name else special.get(name, _text)(child))
    return made


def _ilmd(element: etree._Element) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for child in element.iterchildren("*"):
        _put(made, _name(child), _extension(child))
    return made


def _sensors(element: etree._Element) -> list[dict[str, Any]]:
    return [_sensor(one) for one in element if local_name(one) == "sensorElement"]


def _sensor(element: etree._Element) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for child in _children(element):
        name = _name(child)
        if name == "sensorReport":
            made.setdefault(name, []).append(_attributes(child))
        elif name == "sensorMetadata":
            made[name] = _attributes(child)
        else:
            _put(made, name, _extension(child))
    return made


def _attributes(element: etree._Element) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for raw, text in element.attrib.items():
        name, value = _written(element, str(raw)), str(text).strip()
        if name in _SENSOR_NUMBERS:
            made[name] = _number(value)
        elif name == "booleanValue":
            made[name] = _truth(value)
        else:
            made[name] = value
    return made


_READ: dict[str, Callable[[etree._Element], Any]] = {
    "readPoint": _place,
    "bizLocation": _place,
    "persistentDisposition": _persistent,
    "errorDeclaration": _declaration,
    "ilmd": _ilmd,
    "sensorElementList": _sensors,
}


def _extension(element: etree._Element, top: bool = True) -> Any:
    """A scalar, or a map where the element has attributes or elements in it."""
    inner: dict[str, Any] = {}
    for raw, text in element.attrib.items():
        if not str(raw).startswith(_XSI):
            inner[_written(element, str(raw))] = str(text).strip()
    for child in element.iterchildren("*"):
        _put(inner, _name(child), _extension(child, top=False))
    if not inner:
        return _scalar(element, top)
    return inner | ({"#text": _scalar(element, top=False)} if _text(element) else {})


def _scalar(element: etree._Element, top: bool) -> str | int | Decimal | bool | datetime:
    text = _text(element)
    typed = str(element.get(_XSI_TYPE, "")).rpartition(":")[2]
    own = str(element.tag).startswith(f"{{{NAMESPACE}}}")
    if typed in _INTEGERS:
        return _whole(text)
    if typed in _DECIMALS:
        return _number(text)
    if typed == "boolean":
        return _truth(text)
    if typed == "dateTime" and top:
        parse_instant(text)  # refuses what has no offset
        return datetime.fromisoformat(text)
    return _number(text) if own and not typed and _JSON_NUMBER.match(text) else text


def _number(text: str) -> int | Decimal:
    """An int where the text has neither point nor exponent, as JSON would have it."""
    if not _NUMBER.match(text):
        raise ValueError(f"{text[:40]!r} is not a number")
    return int(text) if text.lstrip("+-").isdigit() and len(text) < _LONG else Decimal(text)


def _whole(text: str) -> int:
    number = _number(text)
    if not isinstance(number, int):
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return number


def _truth(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return text in ("true", "1")


def _children(element: etree._Element) -> Iterator[etree._Element]:
    """The elements in it, those of wrappers in place of the wrappers."""
    for child in element.iterchildren("*"):
        if child.tag in _WRAPPERS:
            yield from _children(child)
        else:
            yield child


def _name(element: etree._Element) -> str:
    return _written(element, str(element.tag))


def _written(element: etree._Element, tag: str) -> str:
    """The name as JSON would write it: bare for EPCIS itself, `prefix:local` for an extension."""
    space, _, local = tag.rpartition("}")
    space = space[1:]
    if not space or space.startswith("urn:epcglobal:epcis"):
        return local
    if space == NAMESPACE:
        return f"{PREFIX}:{local}"
    prefix = next((name for name, uri in element.nsmap.items() if uri == space and name), None)
    return f"{prefix}:{local}" if prefix else f"{{{space}}}:{local}"


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()
