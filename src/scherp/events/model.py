"""The canonical event, in the words of OCEL 2.0: what every reader yields, whatever format it read.

An event happened at a time, was registered at another, has a type, and objects take part in it with a role and perhaps
a quantity. Readers yield these records one by one; `intake` turns them into the tables of a store. Source: OCEL 2.0
specification (objects, event-to-object and object-to-object relations, dated object attributes); the registration time
and the taking back of events come from EPCIS 2.0 (recordTime, errorDeclaration).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

# What an attribute's value may be. datetime is aware (any offset); nested values are JSON text wrapped in `Nested`.
Scalar = str | int | float | Decimal | bool | datetime | date | None


class Nested(msgspec.Struct, frozen=True):
    """A value with inner structure (a list, a map), kept as JSON text with sorted keys."""

    json: str


class Instant(msgspec.Struct, frozen=True):
    """A moment as a source wrote it.

    micros: microseconds since 1970-01-01T00:00:00Z. offset: minutes east of UTC that the source wrote or that its
    stated zone had then. date_only: the source wrote a bare date, which is its 00:00 in the stated zone.
    ambiguous: a naive time in the doubled hour of autumn, taken as the first of the two.
    """

    micros: int
    offset: int = 0
    date_only: bool = False
    ambiguous: bool = False


class Taking(msgspec.Struct, frozen=True):
    """An object that takes part in an event. quantity is a decimal in `unit`, or null where none was stated."""

    object_id: str
    object_type: str
    role: str = ""
    quantity: Decimal | None = None
    unit: str | None = None


class Correction(msgspec.Struct, frozen=True):
    """The event that carries it is taken back. corrected_by: ids of the events that stand in its place."""

    corrected_by: tuple[str, ...] = ()
    reason: str | None = None
    time: Instant | None = None


class Event(msgspec.Struct):
    """One event. `event_id` is None where the source gives none: intake then derives it from the content.

    id_is_hash: the reader derived the id from the content, by the format's own rule; equal ids are then one event.
    `time` is None only where the source leaves the time empty (it is then counted as an unknown timestamp); a time that
    is written but cannot be read is a fault. `attributes` hold what has no column of its own, under the source's own
    spelling.
    """

    type: str | None
    time: Instant | None
    takes_part: list[Taking]
    event_id: str | None = None
    recorded: Instant | None = None
    place: str | None = None
    actor: str | None = None
    attributes: dict[str, Scalar | Nested] = {}
    correction: Correction | None = None
    id_is_hash: bool = False


class Object(msgspec.Struct):
    """An object with its first known attribute values, also where it takes part in no event at all."""

    object_id: str
    object_type: str
    attributes: dict[str, Scalar | Nested] = {}


class Change(msgspec.Struct):
    """From `time` on (None: from the start) the object's attribute has another value."""

    object_id: str
    object_type: str
    attribute: str
    value: Scalar | Nested
    time: Instant | None = None


class Relation(msgspec.Struct):
    """A standing relation between two objects."""

    from_id: str
    to_id: str
    role: str = ""


Record = Event | Object | Change | Relation


@dataclass(frozen=True)
class Reading:
    """What a reader may need beside the file itself.

    zone: the IANA zone of times without an offset; None means that such times are refused.
    shown: the name of the source in sentences and in the intake record (never a path of the machine).
    """

    shown: str
    zone: str | None = None


Reader = Callable[[Path, Reading], Iterator[Record]]
"""A reader opens one file (gzip or not), yields its records as a stream, and raises `Refused` with all faults it can
find at the first moment when the document proves bad. Intake drops whatever was yielded before that."""
