"""GS1 identifiers in their two spellings: EPC URN and GS1 Digital Link URI.

Rule: an identifier is kept exactly as a source writes it; these functions tell what it identifies and how the other
spelling goes. A URN carries the length of the company prefix and drops the check digit, a Digital Link does the
reverse, so a URN has one canonical Digital Link while a Digital Link may be several URNs. Source: GS1 EPC Tag Data
Standard 2.0 and GS1 Digital Link URI Syntax 1.2; the schemes one by one are in `urns`, the keys in `links`.
"""

from __future__ import annotations

from functools import lru_cache

from scherp.events.epcis.links import KEYS, parse_link, write_link
from scherp.events.epcis.urns import PREFIX_LENGTHS, link_of, urns_of

_LEVELS = {("01", "21"): "sgtin", ("01", "10"): "lgtin", ("01", "235"): "upui"}
_RENAMED = {"sgcn": "gcn"}
# The heads of the commonest URNs: this is asked for every identifier of every event.
_HEADS = {f"urn:epc:id:{scheme}": scheme for scheme in ("sgtin", "sscc", "sgln", "pgln", "giai", "grai", "gdti")}
_HEADS["urn:epc:class:lgtin"] = "lgtin"


def object_type(identifier: str) -> str:
    """What kind of thing `identifier` names: its scheme in lower case (`sgtin`, `sscc`, ...), else `uri`.

    A product class without lot is `gtin` in both spellings (`urn:epc:idpat:sgtin:...*`).
    """
    known = _HEADS.get(identifier[: identifier.rfind(":")])
    if known is not None:
        return known
    if identifier.startswith("urn:epc:"):
        parts = identifier.split(":", 4)
        if len(parts) == 5 and parts[2] in ("id", "class", "idpat") and parts[3].isalnum():
            scheme = parts[3].lower()
            return "gtin" if parts[2] == "idpat" and scheme == "sgtin" else _RENAMED.get(scheme, scheme)
        return "uri"
    link = parse_link(identifier) if identifier.startswith("http") else None
    if link is None:
        return "uri"
    return _LEVELS.get((link.ai, link.qualifier or ""), KEYS[link.ai].scheme)


def canonical_link(uri: str) -> str | None:
    """`uri`, a Digital Link on any domain, in canonical form at its finest level; None where it is none."""
    link = parse_link(uri)
    return None if link is None else write_link(link)


@lru_cache(maxsize=65_536)
def digital_link(urn: str) -> str | None:
    """The canonical Digital Link of an EPC URN (id, class or idpat), None where it has none or is ill-formed."""
    link = link_of(urn)
    return None if link is None else write_link(link)


def urn_forms(link: str) -> tuple[str, ...]:
    """All EPC URNs that a Digital Link may be, by length of the company prefix (6 to 12), check digits dropped.

    None where a check digit is wrong. For each of them `digital_link` gives the canonical form of `link` again.
    """
    parsed = parse_link(link)
    if parsed is None:
        return ()
    canonical = write_link(parsed)
    written = (form for length in PREFIX_LENGTHS for form in urns_of(parsed, length))
    return tuple(form for form in written if digital_link(form) == canonical)
