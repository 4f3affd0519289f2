"""What judging reads: the store's tables as a run sees them.

Rule: a run sees only events with a time no later than its as_of moment (and, where a `known_at` is set, registered no
later than that), without the events that were taken back. An event of a bare date stands at 00:00 of that date, so that
days between dates are calendar days. A case without any event it may see is not seen either, unless it never had one.
Source: the engine's decisions 3, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scherp.events.attributes import Attribute
from scherp.events.database import name, text
from scherp.events.instants import parse_instant
from scherp.events.manifest import Kind, Manifest
from scherp.events.parts import (
    CHANGE_COLUMNS,
    CORRECTION_COLUMNS,
    EVENT_COLUMNS,
    OBJECT_COLUMNS,
    TAKES_PART_COLUMNS,
    stored,
)

_FAR = 2**62
DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Partition:
    """What is known of the events of one object type. first, last: microseconds since the epoch, None without times."""

    dated: str = "instant"
    untimed: int = 0
    repeats: bool = False
    first: int | None = None
    last: int | None = None
    zone: str = "UTC"


@dataclass(frozen=True)
class Tables:
    """The tables of a store (or of an example) as SQL, and what a plan must know of them.

    Each `..._of` gives SQL for a table with the columns asked for (name -> SQL type); objects and takings of one type.
    """

    events_of: Callable[[dict[str, str]], str]
    takings_of: Callable[[str], str]
    objects_of: Callable[[str, dict[str, str]], str]
    changes_of: Callable[[str], str]
    corrections: str
    event_attributes: tuple[Attribute, ...]
    object_attributes: dict[str, tuple[Attribute, ...]]
    kinds: tuple[Kind, ...]
    partitions: dict[str, Partition]
    has_corrections: bool = False
    changed: frozenset[tuple[str, str]] = frozenset()
    event_types: frozenset[str] = frozenset()
    zone: str = "UTC"


@dataclass(frozen=True)
class Cut:
    """What a run may see. as_of, known_at: ISO text in UTC without a zone, as SQL timestamps read it."""

    as_of: str
    known_at: str | None = None

    @property
    def as_of_sql(self) -> str:
        return f"TIMESTAMP {text(self.as_of)}"


@dataclass(frozen=True)
class Views:
    """SQL for what one run sees."""

    tables: Tables
    cut: Cut

    def takings(self, object_type: str) -> str:
        """object_id, event_id, event_type, time, actor, recorded, place, kind, role, quantity, unit of one type."""
        partition = self.tables.partitions.get(object_type, Partition())
        others = ", ".join(name(column) for column in TAKES_PART_COLUMNS if column != "time")
        select = f"SELECT {others}, {self._time(partition)} AS time FROM {self.tables.takings_of(object_type)}"
        if partition.repeats:  # an object with two roles in one event takes part in it once, in the first role
            select = (
                f"SELECT DISTINCT ON (object_id, event_id) * FROM ({select}) "
                "ORDER BY object_id, event_id, role NULLS FIRST, quantity NULLS FIRST, unit NULLS FIRST"
            )
        return f"(SELECT * FROM ({select}) {self._where(partition)})"

    def parts(self, object_type: str) -> str:
        """As `takings`, but with every role that an object has in an event, each in a row of its own."""
        partition = self.tables.partitions.get(object_type, Partition())
        others = ", ".join(name(column) for column in TAKES_PART_COLUMNS if column != "time")
        select = f"SELECT {others}, {self._time(partition)} AS time FROM {self.tables.takings_of(object_type)}"
        return f"(SELECT * FROM ({select}) {self._where(partition)})"

    def events(self, columns: dict[str, str]) -> str:
        """Every event, once, with its core columns and the attributes asked for."""
        partition = _all(self.tables.partitions)
        asked = {c: k for c, k in EVENT_COLUMNS.items() if c not in ("content", "source", "position")} | columns
        others = ", ".join(name(column) for column in asked if column != "time")
        select = f"SELECT {others}, {self._time(partition)} AS time FROM {self.tables.events_of(asked)}"
        return f"(SELECT * FROM ({select}) {self._where(partition)})"

    def objects(self, object_type: str, attributes: list[Attribute]) -> str:
        """object_id and the attributes asked for, each with the value it had at as_of; only objects that are seen."""
        columns = {attribute.column: attribute.type for attribute in attributes}
        base = self.tables.objects_of(object_type, columns)
        hidden = self._unseen(object_type)
        where = f" WHERE object_id NOT IN {hidden}" if hidden else ""
        changed = [a for a in attributes if (object_type, a.name) in self.tables.changed]
        if not changed:
            return f"(SELECT * FROM {base}{where})"
        latest = (
            f"(SELECT object_id, attribute, arg_max(value, (time, value)) AS value FROM {self.tables.changes_of(object_type)} "
            f"WHERE time <= {self.cut.as_of_sql} GROUP BY object_id, attribute)"
        )
        picked, joins = [], []
        for number, attribute in enumerate(attributes):
            column = name(attribute.column)
            if attribute in changed:
                joins.append(
                    f"LEFT JOIN {latest} c{number} ON c{number}.object_id = o.object_id "
                    f"AND c{number}.attribute = {text(attribute.name)}"
                )
                picked.append(f"coalesce(TRY_CAST(c{number}.value AS {attribute.type}), o.{column}) AS {column}")
            else:
                picked.append(f"o.{column}")
        return f"(SELECT o.object_id, {', '.join(picked)} FROM (SELECT * FROM {base}{where}) o {' '.join(joins)})"

    def _unseen(self, object_type: str) -> str | None:
        """Objects that have events but none that the run may see."""
        partition = self.tables.partitions.get(object_type, Partition())
        if not self._cuts(partition):
            return None
        return (
            f"(SELECT object_id FROM {self.tables.takings_of(object_type)} "
            f"EXCEPT SELECT object_id FROM {self.takings(object_type)})"
        )

    def _cuts(self, partition: Partition) -> bool:
        return self._later(partition) or self.cut.known_at is not None or self.tables.has_corrections

    def _later(self, partition: Partition) -> bool:
        """May an event lie after as_of? A bare date can stand hours after the instant that the partition knows."""
        if partition.last is None:
            return False
        moved = 0 if partition.dated == "instant" or partition.zone == "UTC" else DAY
        return partition.last + moved > parse_instant(self.cut.as_of + "Z").micros

    def _time(self, partition: Partition) -> str:
        if partition.dated == "instant" or partition.zone == "UTC":
            return "time"
        moved = 'time + CAST("offset" AS INTEGER) * INTERVAL 1 MINUTE'
        return f"({moved})" if partition.dated == "date" else f"CASE WHEN date_only THEN {moved} ELSE time END"

    def _where(self, partition: Partition) -> str:
        limits = []
        if self._later(partition):
            limits.append(f"(time IS NULL OR time <= {self.cut.as_of_sql})")
        if self.cut.known_at is not None:
            limits.append(f"(recorded IS NULL OR recorded <= TIMESTAMP {text(self.cut.known_at)})")
        if self.tables.has_corrections:
            known = f" WHERE time IS NULL OR time <= TIMESTAMP {text(self.cut.known_at)}" if self.cut.known_at else ""
            limits.append(f"event_id NOT IN (SELECT event_id FROM {self.tables.corrections}{known})")
        return f"WHERE {' AND '.join(limits)}" if limits else ""


def from_store(store: Path, manifest: Manifest) -> Tables:
    """The tables of a store's snapshot."""
    zone = next((zone for zone in manifest.zones if zone != "UTC"), "UTC")
    partitions = {}
    for object_type in manifest.object_types:
        parts = manifest.parts_of("takes_part", object_type.name)
        dated = {part.dated for part in parts if part.first}
        partitions[object_type.name] = Partition(
            dated=dated.pop() if len(dated) == 1 else ("mixed" if dated else "instant"),
            untimed=sum(part.untimed for part in parts),
            # the same object and event in two parts cannot be: an event is written once
            repeats=any(part.repeats for part in parts),
            first=min((parse_instant(part.first).micros for part in parts if part.first), default=None),
            last=max((parse_instant(part.last).micros for part in parts if part.last), default=None),
            zone=zone,
        )
    changes = manifest.parts_of("changes")
    return Tables(
        events_of=lambda columns: stored(store, manifest, "events", columns),
        takings_of=lambda kind: stored(store, manifest, "takes_part", TAKES_PART_COLUMNS, kind),
        objects_of=lambda kind, columns: stored(store, manifest, "objects", dict(OBJECT_COLUMNS) | columns, kind),
        changes_of=lambda kind: (
            f"(SELECT * FROM {stored(store, manifest, 'changes', CHANGE_COLUMNS)} WHERE object_type = {text(kind)})"
        ),
        corrections=stored(store, manifest, "corrections", CORRECTION_COLUMNS),
        event_attributes=tuple(manifest.event_attributes),
        object_attributes={kind.name: tuple(kind.attributes) for kind in manifest.object_types},
        kinds=tuple(manifest.kinds),
        partitions=partitions,
        has_corrections=bool(manifest.parts_of("corrections")),
        changed=frozenset((k.name, a.name) for k in manifest.object_types for a in k.attributes)
        if changes
        else frozenset(),
        event_types=frozenset(kind.type for kind in manifest.kinds if kind.type is not None),
        zone=zone,
    )


def _all(partitions: dict[str, Partition]) -> Partition:
    dated = {p.dated for p in partitions.values() if p.first is not None}
    return Partition(
        dated=dated.pop() if len(dated) == 1 else ("mixed" if dated else "instant"),
        last=_FAR,  # events without objects are in no partition: the cut is always applied
        zone=next((p.zone for p in partitions.values()), "UTC"),
    )
