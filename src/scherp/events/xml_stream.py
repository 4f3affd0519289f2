"""XML as a stream of elements, for every reader of XML (EPCIS, XES, OCEL).

Rule: a document is data and nothing else. No entity is resolved, no DTD is loaded, nothing is fetched and XInclude is
not followed; a document that declares or uses entities of its own, or that points to an external subset, is refused. An
element is handed out when it is complete and freed when the next one is asked for, so memory is that of one element.
Source: XML 1.0 section 4.4 for what a processor may do with entities; the attacks that each line guards against are the
tests of this module.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from scherp.events.files import open_bytes
from scherp.faults import Fault, Refused

MAX_DEPTH = 200
_CHUNK = 1 << 16
_PLACE = re.compile(r",? line \d+, column \d+\Z")
_BROKEN = "not well-formed XML"
_NO_ENTITIES = "Write the document without a document type declaration of its own."


def stream_elements(path: Path, shown: str, tags: frozenset[str]) -> Iterator[etree._Element]:
    """The completed elements whose local name is in `tags`, in order of the document, gzip or not.

    Of nested ones only the outermost is given, with all that is in it. An element is valid until the next one is asked
    for. Refused, with line and column, where the document is malformed, cut off, hostile or deeper than `MAX_DEPTH`.
    """
    inside = 0  # elements open from the outermost wanted one on
    for event, element in _walk(path, shown):
        if event == "start":
            inside += bool(inside) or local_name(element) in tags
            continue
        if inside:
            inside -= 1
            if inside:
                continue
            yield element
        _free(element)


def root_name(path: Path, shown: str) -> tuple[str, str]:
    """(local name, namespace) of the document element; the namespace is "" where there is none. Reads one chunk."""
    walk = _walk(path, shown)
    try:
        _, root = next(walk)
        name = etree.QName(root)
        return name.localname, name.namespace or ""
    finally:
        walk.close()


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _walk(path: Path, shown: str) -> Generator[tuple[str, etree._Element]]:
    """(event, element) for every start and end, with all guards."""
    parser = _parser()
    depth, suspect = 0, False
    with open_bytes(path, shown) as source:
        for chunk in iter(lambda: source.read(_CHUNK), b""):
            broken = _feed(parser, chunk)
            for event, element in parser.read_events():
                if event == "start":
                    if depth == 0:
                        suspect = _check_prolog(element, shown)
                    depth += 1
                    if depth > MAX_DEPTH:
                        raise Refused(Fault(f"{shown}: line {element.sourceline}", _too_deep()))
                else:
                    depth -= 1
                yield event, element
            if broken is not None:
                raise Refused(_fault(broken, shown))
            _check_log(parser, shown, suspect)
        try:
            parser.close()
        except etree.XMLSyntaxError as error:
            raise Refused(_fault(error, shown)) from None


def _parser() -> Any:
    # `collect_ids=False` would save a little memory, but libxml2 then loads external subsets: keep the default.
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    parser.resolvers.add(_Deny())
    return parser


class _Deny(etree.Resolver):
    """Second lock on the door: whatever the parser might still want to fetch, it does not get."""

    def resolve(self, *request: object) -> Any:
        raise OSError("nothing outside the document is read")


def _feed(parser: Any, chunk: bytes) -> etree.XMLSyntaxError | None:
    """Feed a chunk; the error is returned, so that the elements before it are still looked at."""
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _check_prolog(root: etree._Element, shown: str) -> bool:
    """Refuse entity declarations and external subsets; True where the document has a document type at all."""
    info: Any = root.getroottree().docinfo  # lxml's stubs know neither of the two
    subset: Any = info.internalDTD
    if subset is None:
        return False
    faults = [
        Fault(f"{shown}: document type", f"the entity {entity.name!r} is declared", _NO_ENTITIES)
        for entity in subset.iterentities()
    ]
    if info.system_url or info.public_id:
        faults.append(Fault(f"{shown}: document type", "it points to an external subset", _NO_ENTITIES))
    if faults:
        raise Refused(faults[:50])
    return True


def _check_log(parser: Any, shown: str, suspect: bool) -> None:
    """Errors that the parser only notes. In a suspect document its warnings count too.

    For an undeclared parameter entity turns undeclared entities into warnings, and then drops them from the text.
    """
    entries = [entry for entry in parser.feed_error_log if suspect or entry.level >= etree.ErrorLevels.ERROR]
    if entries:
        raise Refused(
            Fault(f"{shown}: line {entry.line}, column {entry.column}", f"{_BROKEN}: {entry.message}")
            for entry in entries[:50]
        )


def _free(element: etree._Element) -> None:
    """Empty the element and drop what stands before it. It stays itself: the parser still holds on to the last node."""
    element.clear(keep_tail=True)  # type: ignore[call-arg]
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _too_deep() -> str:
    return f"elements are nested more than {MAX_DEPTH} deep"


def _fault(error: etree.XMLSyntaxError, shown: str) -> Fault:
    line, column = error.position
    what = _PLACE.sub("", error.msg or "the document is empty")
    if what.startswith("Excessive depth"):
        what = _too_deep()
    return Fault(f"{shown}: line {line}, column {column}", f"{_BROKEN}: {what}")
