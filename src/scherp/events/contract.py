"""A delivery contract: which columns and attributes may come in, and which identifiers are pseudonymised at the door.

Rule: with a contract an unlisted column is refused, and a pseudonymised value is replaced before the first byte of it is
stored, for a store that was already written cannot be un-leaked. A pseudonym is HMAC-SHA256 of the value with a key that
belongs to the data set and comes from the environment (SCHERP_PSEUDONYM_KEY), never from a file of the project. The
contract's hash is in the manifest. Source: the engine's decision 5; least data (AVG article 5).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from scherp.events.attributes import written
from scherp.events.model import Event, Object, Record, Relation, Taking
from scherp.faults import Fault, Refused

Treatment = Literal["keep", "pseudonym", "drop"]
_TREATMENTS = ("keep", "pseudonym", "drop")


@dataclass(frozen=True)
class Contract:
    """columns: by column or attribute name; `case` style names of objects by type; `actor` and `place` for formats
    that have them built in. Anything not listed is refused."""

    contract: str
    columns: dict[str, Treatment]
    objects: dict[str, Treatment]
    sha256: str
    key: bytes | None = None

    def pseudonym(self, word: str) -> str:
        """The pseudonym of a value: `p-` and 32 hexadecimal digits."""
        return "p-" + hmac.new(self.key or b"", word.encode(), hashlib.sha256).hexdigest()[:32]

    def pseudonym_sql(self, expression: str) -> str:
        """The same pseudonym as SQL over a text expression (null stays null)."""
        inner, outer = _pads(self.key or b"")
        return f"('p-' || substr(sha256({outer} || unhex(sha256({inner} || encode({expression})))), 1, 32))"


def read_contract(path: Path) -> Contract:
    """Read a contract file (YAML: contract, columns, objects); Refused with every mistake in it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    shown = path.name[:200]
    try:
        written = path.read_bytes()
        document = YAML(typ="safe", pure=True).load(written.decode("utf-8"))
    except OSError as fault:
        raise Refused(Fault(shown, f"the contract cannot be read ({fault.strerror})", "Check its path")) from None
    except (YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise Refused(Fault(shown, "the contract is not YAML", "Write contract, columns and objects")) from None
    return _contract(document, shown, hashlib.sha256(written).hexdigest())


def _contract(document: Any, shown: str, sha256: str) -> Contract:
    if not isinstance(document, dict) or not isinstance(document.get("contract"), str):
        raise Refused(Fault(f"{shown}: $", "a contract needs `contract`, its name, and `columns`"))
    faults = [
        Fault(f"{shown}: $.{key}", f"{key!r} is not a key of a contract")
        for key in document
        if key not in ("contract", "columns", "objects")
    ]
    columns = _treatments(document.get("columns"), f"{shown}: $.columns", faults)
    objects = _treatments(document.get("objects"), f"{shown}: $.objects", faults)
    key = os.environ.get("SCHERP_PSEUDONYM_KEY", "").encode() or None
    if "pseudonym" in (*columns.values(), *objects.values()) and (key is None or len(key) < 16):
        what = "pseudonyms need a key of at least 16 characters"
        faults.append(Fault(shown, what, "Set SCHERP_PSEUDONYM_KEY in the environment, one key for each data set"))
    if faults:
        raise Refused(faults)
    return Contract(document["contract"], columns, objects, sha256, key)


def _treatments(entries: Any, path: str, faults: list[Fault]) -> dict[str, Treatment]:
    if entries is None:
        return {}
    if not isinstance(entries, dict):
        faults.append(Fault(path, "this must map names to keep, pseudonym or drop"))
        return {}
    found: dict[str, Treatment] = {}
    for word, treatment in entries.items():
        if not isinstance(word, str):
            faults.append(Fault(f"{path}.{word}", "a name must be a text", "Put it in quotes"))
        elif not isinstance(treatment, str) or treatment not in _TREATMENTS:
            faults.append(Fault(f"{path}.{word}", "the treatment must be keep, pseudonym or drop"))
        else:
            found[word] = cast(Treatment, treatment)
    return found


def unlisted(contract: Contract, columns: list[str], shown: str) -> list[Fault]:
    """A fault for each column that the contract does not list."""
    remedy = f"Leave it out of the delivery or list it in contract {contract.contract}"
    return [
        Fault(f"{shown}: column {column!r}", "the contract does not list this column", remedy)
        for column in columns
        if column not in contract.columns
    ]


class Door:
    """Applies a contract to the records of one document, and remembers what it does not list."""

    def __init__(self, contract: Contract, shown: str) -> None:
        self.contract, self.shown = contract, shown
        self.unlisted: dict[str, None] = {}

    def faults(self) -> list[Fault]:
        remedy = f"Leave it out of the delivery or list it in contract {self.contract.contract}"
        return [Fault(f"{self.shown}: {what}", "the contract does not list it", remedy) for what in self.unlisted]

    def let_in(self, record: Record) -> Record | None:
        """The record with its values kept, replaced or dropped; None where nothing of it may come in."""
        if isinstance(record, Event):
            return self._event(record)
        if isinstance(record, Relation):
            return self._relation(record)
        if self._treatment(record.object_type) == "drop":
            return None
        record.object_id = self._object(record.object_type, record.object_id)
        if isinstance(record, Object):
            record.attributes = self._attributes(record.attributes)
            return record
        kept = self._attributes({record.attribute: record.value})
        record.value = kept.get(record.attribute)
        return record if kept else None

    def _event(self, record: Event) -> Event:
        record.actor = self._named("actor", record.actor)
        record.place = self._named("place", record.place)
        record.attributes = self._attributes(record.attributes)
        record.takes_part = [
            Taking(self._object(t.object_type, t.object_id), t.object_type, t.role, t.quantity, t.unit)
            for t in record.takes_part
            if self._treatment(t.object_type) != "drop"
        ]
        return record

    def _relation(self, record: Relation) -> Relation | None:
        # A relation names no types: where any type is dropped it may point to one of those, and where any type is
        # pseudonymised both ends are, as the objects' own ids would be.
        if "drop" in self.contract.objects.values():
            return None
        if "pseudonym" in self.contract.objects.values():
            return Relation(self.contract.pseudonym(record.from_id), self.contract.pseudonym(record.to_id), record.role)
        return record

    def _treatment(self, object_type: str) -> Treatment | None:
        treatment = self.contract.objects.get(object_type)
        if treatment is None:
            self.unlisted[f"objects of type {object_type!r}"] = None
        return treatment

    def _object(self, object_type: str, object_id: str) -> str:
        return self.contract.pseudonym(object_id) if self._treatment(object_type) == "pseudonym" else object_id

    def _named(self, column: str, word: str | None) -> str | None:
        if word is None:
            return None
        treatment = self.contract.columns.get(column)
        if treatment is None:
            self.unlisted[f"column {column!r}"] = None
        return self.contract.pseudonym(word) if treatment == "pseudonym" else (word if treatment == "keep" else None)

    def _attributes(self, attributes: dict[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for attribute, content in attributes.items():
            treatment = self.contract.columns.get(attribute)
            if treatment is None:
                self.unlisted[f"attribute {attribute!r}"] = None
            elif treatment == "pseudonym":
                pair = written(content)
                kept[attribute] = self.contract.pseudonym(pair[0]) if pair else None
            elif treatment == "keep":
                kept[attribute] = content
        return kept


@lru_cache(maxsize=8)
def _pads(key: bytes) -> tuple[str, str]:
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    return _blob(inner), _blob(outer)


def _blob(content: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02x}" for byte in content) + "'::BLOB"
