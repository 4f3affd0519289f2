"""The walk of a lineage: which transformations had nothing but good inputs.

Rule: the walk goes level by level over what is ever an input, down from the origins (`reached`), and then down from
whatever no origin reaches or nothing went into (`broken`); good is reached and not broken. Each object is taken up
once, so circles end. The judged objects, of which there are most, are only walked where they are inputs themselves. An
object that is an origin in the very event that gave it needs no good inputs there. Roles are `input` and `output`.
Plain statements, run in rounds: no recursion in SQL. Source: the plan of the house, section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scherp.events.database import name
from scherp.judging.kinds.sources import Source
from scherp.judging.plan import Entry, Loop, Pass
from scherp.norms.model import Lineage

_EMPTY = "SELECT CAST(NULL AS VARCHAR) AS object_id, CAST(NULL AS VARCHAR) AS event_id WHERE false"


class Walk:
    """The temporary tables of one norm's walk.

    types: the objects that it looks at. views: those of which it also reads attributes. origins: object_id, event_id.
    events: event_id, sound (0 or 1: all inputs are good). outputs_of_each: SQL for object_id, event_id, time and making
    (0 or 1) of what gave the judged objects.
    """

    def __init__(self, entry: Entry, shared: Pass, check: Lineage) -> None:
        self._entry, self._shared, self._check = entry, shared, check
        self.types = frozenset({*shared.tables.partitions, check.each})
        self.views: set[str] = set()
        tables = ("origins", "inputs", "outputs", "reached", "broken", "events")
        self.origins, self._inputs, self._outputs, self._reached, self._broken, self.events = (
            name(f"lineage {entry.number} {table}") for table in tables
        )
        self.outputs_of_each = self._over([check.each], self._output_of_each)

    def steps(self) -> tuple[str | Loop, ...]:
        """What is run before the judged objects are joined."""
        others = sorted(self.types - {self._check.each})
        give = self._over(others, lambda source: self._taking(source, "output"))
        own = f"SELECT object_id, event_id FROM ({self.outputs_of_each})"
        return (
            _made(self.origins, self._over(sorted(self.types), self._origin)),
            _made(self._inputs, self._over(sorted(self.types), lambda source: self._taking(source, "input"))),
            _made(self._outputs, f"{give} UNION {own} WHERE object_id IN (SELECT object_id FROM {self._inputs})"),
            _made(self._reached, f"SELECT DISTINCT object_id, CAST(0 AS INTEGER) AS level FROM {self.origins}"),
            self._spread(self._reached),
            self._first_broken(),
            self._spread(self._broken),
            self._soundness(),
        )

    def _over(self, types: Iterable[str], select: Callable[[Source], str]) -> str:
        """The union of what `select` gives for each type. A name that none of them knows is told to the judge."""
        selects = [_EMPTY]
        unknown: list[dict[str, str]] = []
        for object_type in types:
            unknown.append({})
            source = Source(self._entry, self._shared, object_type, unknown[-1])
            selects.append(select(source))
            if source.reads_objects:
                self.views.add(object_type)
        everywhere = set.intersection(*map(set, unknown)) if unknown else set()
        self._shared.selectors.reads.unknown.update({word: unknown[0][word] for word in sorted(everywhere)})
        return selects[1] if len(selects) == 2 else " UNION ".join(selects)

    def _origin(self, source: Source) -> str:
        meant = source.condition(self._check.reaches)
        if self._check.where is not None:
            meant = f"{meant} AND coalesce({source.formula(self._check.where)}, false)"
        return f"SELECT DISTINCT t.object_id, t.event_id FROM {source.sql()} WHERE {meant}"

    def _taking(self, source: Source, role: str) -> str:
        meant = f"({source.condition(self._check.through)} OR {source.condition(self._check.made_by)})"
        return f"SELECT DISTINCT t.object_id, t.event_id FROM {source.sql()} WHERE t.role = '{role}' AND {meant}"

    def _output_of_each(self, source: Source) -> str:
        through, made_by = source.condition(self._check.through), source.condition(self._check.made_by)
        return (
            f"SELECT t.object_id, t.event_id, t.time, CASE WHEN {made_by} THEN 1 ELSE 0 END AS making "
            f"FROM {source.sql()} WHERE t.role = 'output' AND ({through} OR {made_by})"
        )

    def _first_broken(self) -> str:
        """What no origin reaches, and what comes out where nothing went in."""
        nothing_in = (
            f"SELECT o.object_id FROM {self._outputs} o LEFT JOIN {self._inputs} i ON i.event_id = o.event_id "
            f"WHERE i.object_id IS NULL AND {self._no_origin('o')}"
        )
        every = f"SELECT object_id FROM {self._inputs} UNION SELECT object_id FROM {self._outputs}"
        unreached = (
            f"SELECT v.object_id FROM ({every}) v LEFT JOIN {self._reached} r ON r.object_id = v.object_id "
            "WHERE r.object_id IS NULL"
        )
        both = f"{unreached} UNION {nothing_in}"
        return _made(self._broken, f"SELECT DISTINCT object_id, CAST(0 AS INTEGER) AS level FROM ({both})")

    def _spread(self, table: str) -> Loop:
        """From inputs to the other outputs of the same transformation, each object once."""
        spared = f" AND {self._no_origin('o')}" if table == self._broken else ""
        return Loop(
            round=lambda level: (
                f"INSERT INTO {table} SELECT DISTINCT o.object_id, {level + 1} AS level FROM {table} r "
                f"JOIN {self._inputs} i ON i.object_id = r.object_id JOIN {self._outputs} o ON o.event_id = i.event_id "
                f"LEFT JOIN {table} k ON k.object_id = o.object_id "
                f"WHERE r.level = {level} AND k.object_id IS NULL{spared}"
            ),
            added=lambda level: f"SELECT count(*) FROM {table} WHERE level = {level}",
        )

    def _soundness(self) -> str:
        good = "CASE WHEN r.object_id IS NULL OR b.object_id IS NOT NULL THEN 0 ELSE 1 END"
        return _made(
            self.events,
            f"SELECT i.event_id, min({good}) AS sound FROM {self._inputs} i LEFT JOIN {self._reached} r "
            f"ON r.object_id = i.object_id LEFT JOIN {self._broken} b ON b.object_id = i.object_id GROUP BY i.event_id",
        )

    def _no_origin(self, alias: str) -> str:
        """SQL: the object is no origin in this event."""
        same = f"g.object_id = {alias}.object_id AND g.event_id = {alias}.event_id"
        return f"NOT EXISTS (SELECT 1 FROM {self.origins} g WHERE {same})"


def _made(table: str, select: str) -> str:
    return f"CREATE OR REPLACE TEMP TABLE {table} AS {select}"
