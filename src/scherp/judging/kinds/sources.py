"""Where the kinds of a closed chain read: every taking of a type of object, with what its conditions need beside it.

Rule: such a kind looks at roles and quantities and at several types of objects at once, so it reads the view `parts` of
each type (one row for each role) and not the pass that other norms share. What a feed may still lack is decided in one
place: an offence younger than `complete_within` is pending. Source: the engine's decisions 4 and 12.
"""

from __future__ import annotations

from collections.abc import Iterable

from scherp.events.database import name, text
from scherp.judging.formula_sql import CORE, Reads, Scope, formula_sql, resolve, resolve_for_object
from scherp.judging.plan import Entry, Pass
from scherp.judging.terms import interval
from scherp.norms.model import Duration, Formula, Selector

NUMBER = "DECIMAL(18,6)"
_RESOLVED = (resolve_for_object, resolve)


class Source:
    """The takings of one type of object (or the events, for the type `event`) and the columns that conditions need.

    Ask for conditions and values first: they teach the source what to join. SQL names: `t` takings, `e` events, `o`
    objects.
    """

    def __init__(self, entry: Entry, shared: Pass, object_type: str, unknown: dict[str, str] | None = None) -> None:
        """unknown: where the names that the data do not have are noted; by default where the judge looks for them."""
        self._selectors = shared.selectors
        self._unknown = shared.selectors.reads.unknown if unknown is None else unknown
        self._scope = Scope(shared.tables, object_type, entry.norm.parameters, zone=shared.zone)
        self._reads = Reads()
        self._types: set[str] = set()
        self.object_type = object_type

    def condition(self, selector: Selector) -> str:
        """SQL over a row: is this event meant? Never null."""
        self._types |= {pick.event for pick in self._selectors.picks(selector)}
        before, self._selectors.reads = self._selectors.reads, self._reads
        try:
            return self._selectors.condition(selector, self._scope)
        finally:
            self._selectors.reads = before
            self._note()

    def formula(self, formula: Formula) -> str:
        """SQL of a formula over a row."""
        sql = formula_sql(formula, self._scope, self._reads)
        self._note()
        return sql

    def number(self, word: str) -> str:
        """SQL of an attribute as an exact number: the object's own, failing that the event's; null without."""
        found = dict.fromkeys(self._column(resolved(word, self._scope, self._reads), word) for resolved in _RESOLVED)
        self._note()
        casts = [f"TRY_CAST({column} AS {NUMBER})" for column in found]
        return casts[0] if len(casts) == 1 else f"coalesce({', '.join(casts)})"

    def word(self, word: str) -> str:
        """SQL of an attribute as text: the event's, failing that the object's. Null where there is none."""
        column = self._column(resolve(word, self._scope, self._reads), word)
        self._note()
        return f"CAST({column} AS VARCHAR)"

    def _column(self, found: tuple[str, str] | None, word: str) -> str:
        if found is None:
            return "NULL"
        alias, _ = found
        known = {"e": self._reads.event, "o": self._reads.object}.get(alias, {})
        for prefix in ("", "event.", "object.", f"{self.object_type}."):
            bare = word.removeprefix(prefix)
            if bare in known:
                return f"{alias}.{name(known[bare].column)}"
        return f"{alias}.{name(word.removeprefix('event.'))}"

    @property
    def reads_objects(self) -> bool:
        """Does it read the view `objects` of its type?"""
        return bool(self._reads.object)

    def sql(self) -> str:
        """The relation, to stand behind FROM."""
        rows = self._events() if self.object_type == "event" else f"{name(f'parts {self.object_type}')} t"
        if self._reads.event:
            columns = ", ".join(name(attribute.column) for attribute in self._reads.event.values())
            meant = f" WHERE {one_of('type', self._types)}" if self._types else ""
            rows += f" LEFT JOIN (SELECT event_id, {columns} FROM events{meant}) e ON e.event_id = t.event_id"
        if self._reads.object:
            rows += f" LEFT JOIN {name(f'objects {self.object_type}')} o ON o.object_id = t.object_id"
        return rows

    def _events(self) -> str:
        """Events as if each were its own object: no takings are read at all."""
        none = ", ".join(
            f"CAST(NULL AS {CORE[column]}) AS {column}" for column in ("object_id", "role", "quantity", "unit")
        )
        meant = f" WHERE {one_of('type', self._types)}" if self._types else ""
        return f"(SELECT event_id, type AS event_type, time, recorded, actor, place, {none} FROM events{meant}) t"

    def _note(self) -> None:
        self._unknown.update(self._reads.unknown)


def one_of(column: str, words: Iterable[str]) -> str:
    """SQL: is the column one of the words?"""
    return f"{column} IN ({', '.join(text(word) for word in sorted(words))})"


def young(moment: str, complete_within: Duration | None, shared: Pass) -> str:
    """SQL: may the feed still lack what belongs to this moment? As for every term, the due moment itself is within."""
    if complete_within is None:
        return "false"
    return f"coalesce({moment} + {interval(complete_within)} >= {shared.cut.as_of_sql}, false)"


def settled(moment: str, complete_within: Duration | None) -> str:
    """SQL: when the feed is complete for this moment; null where nothing says so."""
    return "CAST(NULL AS TIMESTAMP)" if complete_within is None else f"{moment} + {interval(complete_within)}"
