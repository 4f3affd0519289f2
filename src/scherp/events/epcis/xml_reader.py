"""EPCIS in XML: EPCISDocument and EPCISQueryDocument of 2.0, and of 1.x as far as 2.0 knows its events.

Rule: as for JSON, every event is looked at and a single fault refuses the whole. A document without events (master
data, a capture job) yields nothing; what is no EPCIS at all is refused, and so is an element in the list of events that
is none of the five classes. Source: the XSDs of EPCIS 2.0 and 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from scherp.events.epcis.faults import Found
from scherp.events.epcis.hash import Spelling
from scherp.events.epcis.mapping import Document, described, map_event
from scherp.events.epcis.shape import FIELDS
from scherp.events.epcis.words import STANDARD_PREFIXES, name_reader, word_reader
from scherp.events.epcis.xml_shape import event_of, namespaces_of
from scherp.events.model import Reading, Record
from scherp.events.xml_stream import local_name, root_name, stream_elements
from scherp.faults import Fault, Refused

_ROOTS = {"EPCISDocument", "EPCISQueryDocument", "EPCISMasterDataDocument", "EPCISCaptureJob"}
_CONTAINERS = {"EventList", "extension"}


class _EventNames(frozenset[str]):
    """Every name that ends in `Event`, so that a class that is unknown is met and refused rather than passed over."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.endswith("Event")


def read_epcis_xml(path: Path, reading: Reading) -> Iterator[Record]:
    """The events of an EPCIS file in XML, gzip or not. Refused with all faults that its events have."""
    name, space = root_name(path, reading.shown)
    if name not in _ROOTS or not space.startswith("urn:epcglobal:epcis"):
        raise Refused(Fault(reading.shown, f"it is not an EPCIS document: its root is {name[:60]!r}"))
    found = Found(reading.shown)
    documents: dict[tuple[tuple[str, str], ...], Document] = {}
    for element in stream_elements(path, reading.shown, _EventNames()):
        parent = element.getparent()
        if parent is None or local_name(parent) not in _CONTAINERS:
            continue
        found.number += 1
        _check_neighbour(element, found)
        spaces = namespaces_of(element)
        key = tuple(sorted(spaces.items()))
        if key not in documents:
            documents[key] = _document_of(spaces)
        try:
            raw = event_of(element)
        except ValueError as error:
            found.add("", str(error))
            continue
        event = map_event(raw, documents[key], found)
        if event is not None and not found:
            yield event
            yield from described(raw, event, documents[key])
    found.refuse()


def _check_neighbour(element: etree._Element, found: Found) -> None:
    """What stands before an event in its list must be an event too, or a wrapper of one."""
    before = element.getprevious()
    name = "" if before is None else local_name(before)
    if name and name not in FIELDS and name != "extension":
        found.add("", f"before it stands {name[:60]!r}, which is not an event")


def _document_of(spaces: dict[str, str]) -> Document:
    prefixes = STANDARD_PREFIXES | spaces

    def key(name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        if colon and prefix.startswith("{"):
            return f"{prefix}{local}"
        space = prefixes.get(prefix)
        return f"{{{space}}}{local}" if colon and space is not None else name

    return Document(Spelling(prefixes, word_reader(prefixes), key), name_reader(prefixes))
