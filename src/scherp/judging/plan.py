"""The plan of a run: which SQL judges which norm, with one pass over the events for all norms that share an object type.

Rule: norms that share `each` share one grouping of the events by object (the pivot); an object with a single trigger and
one clear order is judged from the pivot alone (group and filter), the rest by a window over its events. Every statement
is portable SQL over named views; only the views know where the data is. Source: the plan of the house, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from scherp.events.database import name, text
from scherp.events.instants import iso, midnight
from scherp.judging.formula_sql import Reads, Scope
from scherp.judging.relations import Cut, Partition, Tables
from scherp.judging.selecting import Selectors
from scherp.norms.model import Framework, Norm, Selector, Valid


@dataclass(frozen=True)
class Entry:
    """One norm entry in a plan. number: its place in the framework. ranges: the validity of all entries of its id.
    speaks_for_gaps: whether this entry reports triggers that lie in no entry's validity."""

    number: int
    norm: Norm
    ranges: tuple[Valid, ...] = ()
    speaks_for_gaps: bool = True


@dataclass
class Needs:
    """What the pivot must hold of one selector: n (count), first and last (times)."""

    first: bool = False
    last: bool = False


@dataclass
class Pass:
    """The shared pass over the events of one object type: its selectors and what norms need of them."""

    each: str
    tables: Tables
    cut: Cut
    zone: str
    selectors: Selectors
    needs: dict[int, Needs] = field(default_factory=dict)
    object_reads: Reads = field(default_factory=Reads)
    all_objects: bool = False
    seen: bool = False

    @property
    def partition(self) -> Partition:
        return self.tables.partitions.get(self.each, Partition())

    @property
    def untimed(self) -> bool:
        return self.partition.untimed > 0

    def relation(self, kind: str) -> str:
        """The name of this type's view or table: takings, objects, base, pivot, odd."""
        return name(f"{kind} {self.each}")

    def select(self, selector: Selector, scope: Scope, first: bool = False, last: bool = False) -> int:
        """The number of a selector, noting what the pivot must hold of it."""
        number = self.selectors.number(selector, scope)
        needs = self.needs.setdefault(number, Needs())
        needs.first, needs.last = needs.first or first, needs.last or last
        return number

    def scope(self, norm: Norm) -> Scope:
        return Scope(self.tables, self.each, norm.parameters)

    def untimed_count(self, number: int) -> str:
        """SQL over the pivot: how many events of a selector have no time."""
        return f"z{number}" if self.untimed else "0"


@dataclass(frozen=True)
class Judged:
    """How one entry is judged. Each SQL gives norm, object_id, event_id, selector, outcome, due, lateness.

    counted: SQL over the pivot, how many units of an object the simple path judges (0 where the window path does).
    simple: rows of the simple path that are not met (or all, with keep_met). odd: SQL over the pivot, does the window
    path judge this object. window: rows of the window path, all outcomes. population: SQL for a norm that has neither.
    """

    entry: Entry
    counted: str | None = None
    simple: str | None = None
    odd: str | None = None
    window: str | None = None
    population: str | None = None


class Validity:
    """Whether a trigger's moment lies in an entry's validity, as SQL; local dates, the end exclusive."""

    def __init__(self, entry: Entry, partition: Partition, zone: str) -> None:
        self._entry, self._partition, self._zone = entry, partition, zone
        self.own = self._inside(entry.norm.valid)
        ranges = entry.ranges or (entry.norm.valid,)
        self.everywhere = self.own is None

    def included(self, moment: str) -> str:
        """Is this entry the one to say something of a trigger at `moment`?"""
        if self.own is None:
            return "true"
        gap = " AND ".join(f"NOT ({inside.format(moment)})" for inside in self._all_ranges()) or "false"
        gaps = f" OR ({gap})" if self._entry.speaks_for_gaps else ""
        return f"({moment} IS NULL OR {self.own.format(moment)}{gaps})"

    def outside(self, moment: str) -> str:
        """Does the norm not hold at `moment`?"""
        return "false" if self.own is None else f"({moment} IS NOT NULL AND NOT ({self.own.format(moment)}))"

    def _all_ranges(self) -> list[str]:
        ranges = self._entry.ranges or (self._entry.norm.valid,)
        return [inside for inside in map(self._inside, ranges) if inside is not None]

    def _inside(self, valid: Valid) -> str | None:
        limits = []
        first, last = self._partition.first, self._partition.last
        if valid.start and not (first is not None and self._micros(valid.start) <= first - 86_400_000_000):
            limits.append(f"{{0}} >= TIMESTAMP {text(self._moment(valid.start))}")
        if valid.end and not (last is not None and self._micros(valid.end) > last + 86_400_000_000):
            limits.append(f"{{0}} < TIMESTAMP {text(self._moment(valid.end))}")
        return " AND ".join(limits) or None

    def _micros(self, day: date) -> int:
        return midnight(day, "UTC" if self._partition.dated == "date" else self._zone)

    def _moment(self, day: date) -> str:
        return str(iso(self._micros(day))).rstrip("Z").replace("T", " ")


def entries_of(framework: Framework) -> list[Entry]:
    """The framework's norms as entries, each knowing the validity of its siblings of the same id."""
    found = []
    for number, norm in enumerate(framework.norms):
        siblings = [other for other in framework.norms if other.norm == norm.norm]
        speaks = not any(
            other.check == norm.check or _trigger(other) == _trigger(norm) for other in siblings[: siblings.index(norm)]
        )
        found.append(Entry(number, norm, tuple(other.valid for other in siblings), speaks))
    return found


def _trigger(norm: Norm) -> object:
    check = norm.check
    return (check.each, getattr(check, "after", None) or getattr(check, "event", None))


def base_view(shared: Pass) -> str:
    """The view `base`: one row for each event an object takes part in, with a truth column for each selector."""
    reads = shared.selectors.reads
    flags = "".join(f", {condition} AS s{number}" for number, condition in enumerate(shared.selectors.conditions))
    joins = ""
    if reads.event:
        columns = ", ".join(name(a.column) for a in reads.event.values())
        types = sorted(set().union(*shared.selectors.types)) if shared.selectors.types else []
        where = f" WHERE type IN ({', '.join(map(text, types))})" if types else ""
        joins += f" LEFT JOIN (SELECT event_id, {columns} FROM events{where}) e ON e.event_id = t.event_id"
    if reads.object:
        joins += f" LEFT JOIN {shared.relation('objects')} o ON o.object_id = t.object_id"
    return (
        f"CREATE OR REPLACE TEMP VIEW {shared.relation('base')} AS SELECT t.object_id, t.event_id, t.time, t.actor{flags} "
        f"FROM {shared.relation('takings')} t{joins}"
    )


def pivot_table(shared: Pass) -> str:
    """The table `pivot`: one row an object, with count, first and last of each selector, as far as norms need them."""
    columns = ["min(time) AS seen"] if shared.seen else []
    for number, needs in sorted(shared.needs.items()):
        columns.append(f"count(*) FILTER (WHERE s{number}) AS n{number}")
        if needs.first:
            columns.append(f"min(time) FILTER (WHERE s{number}) AS first{number}")
        if needs.last:
            columns.append(f"max(time) FILTER (WHERE s{number}) AS last{number}")
        if shared.untimed:
            columns.append(f"count(*) FILTER (WHERE s{number} AND time IS NULL) AS z{number}")
    any_selected = " OR ".join(f"s{number}" for number in sorted(shared.needs))
    where = "" if shared.seen or not any_selected else f" WHERE {any_selected}"
    grouped = f"SELECT object_id{''.join(', ' + c for c in columns)} FROM {shared.relation('base')}{where} GROUP BY object_id"
    if shared.all_objects or shared.object_reads.object:
        grouped = _with_objects(shared, grouped)
    return f"CREATE OR REPLACE TEMP TABLE {shared.relation('pivot')} AS {grouped}"


def _with_objects(shared: Pass, grouped: str) -> str:
    """The pivot over every object of the type, also those without any event, with the attributes that norms need."""
    columns = ["p.seen"] if shared.seen else []
    for number, needs in sorted(shared.needs.items()):
        columns.append(f"coalesce(p.n{number}, 0) AS n{number}")
        columns += [f"p.first{number}"] if needs.first else []
        columns += [f"p.last{number}"] if needs.last else []
        columns += [f"coalesce(p.z{number}, 0) AS z{number}"] if shared.untimed else []
    columns += [f"o.{name(a.column)} AS {name('o:' + a.column)}" for a in shared.object_reads.object.values()]
    return (
        f"SELECT o.object_id{''.join(', ' + c for c in columns)} FROM {shared.relation('objects')} o "
        f"LEFT JOIN ({grouped}) p ON p.object_id = o.object_id"
    )


def odd_table(shared: Pass, judged: list[Judged]) -> str | None:
    """The table `odd`: the events of the objects that some norm judges by a window; None where there is no such norm."""
    tests = [j.odd for j in judged if j.odd is not None]
    if not tests:
        return None
    any_selected = " OR ".join(f"s{number}" for number in sorted(shared.needs))
    return (
        f"CREATE OR REPLACE TEMP TABLE {shared.relation('odd')} AS SELECT b.* FROM {shared.relation('base')} b "
        f"JOIN (SELECT object_id FROM {shared.relation('pivot')} WHERE {' OR '.join(dict.fromkeys(tests))}) p "
        f"ON p.object_id = b.object_id WHERE {any_selected}"
    )
