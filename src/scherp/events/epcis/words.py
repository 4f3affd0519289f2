"""Vocabulary words and names: one word, however a document spells it.

Rule: a word of the standard vocabulary is the same bare, as URN (`urn:epcglobal:cbv:bizstep:shipping`), as web URI
(`https://ref.gs1.org/cbv/BizStep-shipping`) and as CURIE (`cbv:BizStep-shipping`). A private word keeps its spelling,
save that the house's own namespace is always written `scherp:word`. Source: CBV 2.0, section 7 (the three spellings);
JSON-LD 1.1, section 4.1.5 (CURIEs, here called compact IRIs).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

NAMESPACE = "https://scherp.example/ns/"
PREFIX = "scherp"
CBV = "https://ref.gs1.org/cbv/"
GS1 = "https://gs1.org/voc/"
# What the context of EPCIS 2.0 binds for every document, and the house's own. XML has no colon after `mda`, and the
# hash must be the same.
STANDARD_PREFIXES = {
    "cbv": CBV,
    "gs1": GS1,
    "epcis": "https://ref.gs1.org/epcis/",
    "cbvmda": "urn:epcglobal:cbv:mda",
    PREFIX: NAMESPACE,
}

Kind = Literal["bizstep", "disp", "btt", "sdt", "er", "comp", "voc"]
# Kind of word -> how its web URI begins. Documents also write `Bizstep-`, so beginnings are compared without case.
WEB = {
    "bizstep": f"{CBV}BizStep-",
    "disp": f"{CBV}Disp-",
    "btt": f"{CBV}BTT-",
    "sdt": f"{CBV}SDT-",
    "er": f"{CBV}ER-",
    "comp": f"{CBV}Comp-",
    "voc": GS1,
}
_URN = {kind: f"urn:epcglobal:cbv:{kind}:" for kind in WEB}
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):(?!//)(\S+)\Z")

Words = Callable[[Kind, str], str]
"""(kind, word as written) -> the one word."""
Names = Callable[[str], str]
"""Name of an extension as written -> the name that is kept."""


def prefixes_of(contexts: list[Any]) -> dict[str, str]:
    """prefix -> namespace, of a JSON-LD context's entries (texts, maps); later entries win. Unknown shapes add none."""
    found = dict(STANDARD_PREFIXES)
    for entry in contexts:
        for name, meaning in entry.items() if isinstance(entry, dict) else ():
            uri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(uri, str) and not name.startswith("@") and ":" not in name:
                found[name] = uri
    return found


def word_reader(prefixes: Mapping[str, str]) -> Words:
    """The reader of words for a document with these prefixes. It remembers: documents repeat themselves."""
    known: dict[tuple[str, str], str] = {}

    def read(kind: Kind, written: str) -> str:
        word = known.get((kind, written))
        if word is None:
            word = known[kind, written] = _bare(kind, expand_value(written.strip(), prefixes), written.strip())
        return word

    return read


def name_reader(prefixes: Mapping[str, str]) -> Names:
    """The reader of extension names: the house's namespace becomes `scherp:`, all else stays as written."""
    known: dict[str, str] = {}

    def read(written: str) -> str:
        name = known.get(written)
        if name is None:
            full = expand_value(written, prefixes)
            own = full.startswith(NAMESPACE)
            name = known[written] = f"{PREFIX}:{full[len(NAMESPACE) :]}" if own else written
        return name

    return read


def expand_value(written: str, prefixes: Mapping[str, str]) -> str:
    """A CURIE of a known prefix as full URI, anything else as it is."""
    match = _CURIE.match(written)
    space = prefixes.get(match[1]) if match else None
    return written if space is None or match is None else space + match[2]


def web_uri(kind: Kind, word: str) -> str:
    """The web URI of a standard word in any of its spellings; a private word as it is."""
    return word if ":" in word else WEB[kind] + word


def _bare(kind: Kind, full: str, written: str) -> str:
    for start in (_URN[kind], WEB[kind]):
        if full[: len(start)].lower() == start.lower() and len(full) > len(start):
            return full[len(start) :]
    return f"{PREFIX}:{full[len(NAMESPACE) :]}" if full.startswith(NAMESPACE) else written
