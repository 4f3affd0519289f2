"""The spool: records of many documents, written down one after another before they enter a store.

Rule: a document that proves bad leaves nothing behind: the spool is cut back to where the document began. Values are
written as text with their type noted apart, so that the whole spool is read in bulk with explicit columns. An event
without an id gets the hash of its content and its number among equal ones in its document, so that the same document,
or a longer one, adds only what is new. Source: the engine's decision 1.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import msgspec

from scherp.events.attributes import common_type, written
from scherp.events.model import Change, Event, Instant, Nested, Object, Record, Relation, Scalar

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


class Spool:
    """Two files of JSON lines: events with what takes part in them, and facts about objects.

    attribute_types: event attribute -> SQL types seen. columns: event attribute -> its column in the spool, `a0`...
    """

    def __init__(self, folder: Path) -> None:
        self.events_path, self.facts_path = folder / "events.jsonl", folder / "facts.jsonl"
        self._events: BinaryIO = self.events_path.open("wb")
        self._facts: BinaryIO = self.facts_path.open("wb")
        self.columns: dict[str, str] = {}
        self.attribute_types: dict[str, set[str]] = {}
        self.document = -1
        self.counts: Counter[str] = Counter()
        self._start = (0, 0)
        self._seen: Counter[str] = Counter()
        self._types: dict[str, set[str]] = {}
        self._described: dict[str, Scalar | Nested] | None = None
        self._description = msgspec.Raw(b"[]")

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.close()
        self._facts.close()

    def begin(self, document: int) -> None:
        """The records that follow belong to `document`."""
        self.document, self.counts = document, Counter()
        self._start = (self._events.tell(), self._facts.tell())
        self._seen, self._types = Counter(), {}

    def accept(self) -> None:
        """The document is whole; its attribute types count."""
        for attribute, types in self._types.items():
            self.attribute_types.setdefault(attribute, set()).update(types)

    def cut_back(self) -> None:
        """Forget the document: the spool is as it was when it began."""
        for file, start in zip((self._events, self._facts), self._start, strict=True):
            file.seek(start)
            file.truncate()

    def flush(self) -> None:
        self._events.flush()
        self._facts.flush()

    def write(self, record: Record) -> None:
        if isinstance(record, Event):
            self._event(record)
        elif isinstance(record, Object):
            self._object(record)
        elif isinstance(record, Change):
            self._change(record)
        else:
            self._relation(record)

    def _event(self, event: Event) -> None:
        time = event.time
        line: dict[str, Any] = {
            "d": self.document,
            "p": self.counts["read"],
            "type": event.type,
            "time": time.micros if time else None,
            "offset": time.offset if time else None,
            "date_only": bool(time and time.date_only),
            "recorded": event.recorded.micros if event.recorded else None,
            "place": event.place,
            "actor": event.actor,
            "takes": [(t.object_id, t.object_type, t.role, _decimal(t.quantity), t.unit) for t in event.takes_part],
        }
        attributes = [(name, pair) for name, value in event.attributes.items() if (pair := written(value))]
        content = self._content(event, line, attributes)
        line["own"] = event.event_id is not None
        if event.event_id is None:
            self._seen[content] += 1
            line["event_id"] = f"{content}-{self._seen[content]}"
        else:
            line["event_id"], line["content"] = event.event_id, None if event.id_is_hash else content
        for name, (text, kind) in attributes:
            line[self.columns.setdefault(name, f"a{len(self.columns)}")] = text
            self._types.setdefault(name, set()).add(kind)
        if event.correction is not None:
            line["taken_back"] = True
            line["corrected_by"] = list(event.correction.corrected_by)
            line["correction_reason"] = event.correction.reason
            line["correction_time"] = _micros(event.correction.time)
            self.counts["corrections"] += 1
        self.counts["read"] += 1
        self.counts["unknown_time"] += time is None
        self.counts["ambiguous_time"] += bool(time and time.ambiguous)
        self._events.write(_encoder.encode(line) + b"\n")

    def _content(self, event: Event, line: dict[str, Any], attributes: list[tuple[str, tuple[str, str]]]) -> str:
        """128 bits of SHA-256 over what the event says, whatever the order in which its format says it.

        When it was registered is not part of it: a copy of an event may be registered again elsewhere.
        """
        said = (
            line["type"], line["time"], line["date_only"], line["place"], line["actor"],
            sorted((t[0], t[1], t[2], t[3] or "", t[4] or "") for t in line["takes"]),
            sorted((name, _plain(text)) for name, (text, _) in attributes),
        )  # fmt: skip
        return hashlib.sha256(_encoder.encode(said)).hexdigest()[:32]

    def _object(self, record: Object) -> None:
        self._fact(record.object_id, record.object_type, record.attributes, None)

    def _change(self, record: Change) -> None:
        self._fact(record.object_id, record.object_type, {record.attribute: record.value}, record.time)

    def _fact(
        self, object_id: str, object_type: str, attributes: dict[str, Scalar | Nested], time: Instant | None
    ) -> None:
        line = {
            "d": self.document,
            "id": object_id,
            "type": object_type,
            "held": self._encoded(attributes),
            "time": _micros(time),
            "n": self.counts["facts"],
        }
        self.counts["facts"] += 1
        self._facts.write(_encoder.encode(line) + b"\n")

    def _encoded(self, attributes: dict[str, Scalar | Nested]) -> msgspec.Raw:
        """(attribute, value, SQL type) of each value that is there. The packages of one packing share one description,
        which is then written down once."""
        if attributes is not self._described:
            held = [(name, *pair) for name, value in attributes.items() if (pair := written(value))]
            self._described, self._description = attributes, msgspec.Raw(_encoder.encode(held))
        return self._description

    def _relation(self, record: Relation) -> None:
        line = {"d": self.document, "id": record.from_id, "to": record.to_id, "role": record.role}
        self._facts.write(_encoder.encode(line) + b"\n")

    def event_types(self) -> dict[str, str]:
        """Event attribute -> the one SQL type that holds all its values in the spool."""
        return {attribute: common_type(types) for attribute, types in self.attribute_types.items()}


def _micros(instant: Instant | None) -> int | None:
    return None if instant is None else instant.micros


def _decimal(quantity: Any) -> str | None:
    return None if quantity is None else format(quantity, "f")


def _plain(text: str) -> str:
    # 3.50 and 3.5 say the same, whichever format wrote them
    head, point, tail = text.partition(".")
    if point and tail.isdigit() and head.lstrip("-").isdigit():
        tail = tail.rstrip("0")
        return f"{head}.{tail}" if tail else head
    return text
