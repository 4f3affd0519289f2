"""The plan of a run: which SQL judges which norm, with one pass over the events for all norms that share an object type.

Rule: norms that share `each` share one grouping of the events by object (the pivot); an object with a single trigger and
one clear order is judged from the pivot alone (group and filter), the rest by a window over its events. Every statement
is portable SQL over named views; only the views know where the data is. Source: the plan of the house, section 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from scherp.events.database import name, text
from scherp.events.instants import iso, midnight
from scherp.judging.formula_sql import Reads, Scope
from scherp.judging.relations import DAY, Cut, Partition, Tables
from scherp.judging.selecting import Selectors
from scherp.norms.model import (
    Absence,
    Agreement,
    Check,
    Condition,
    Conservation,
    Custody,
    Deadline,
    Framework,
    Level,
    Norm,
    Precedence,
    Response,
    Selector,
    Separation,
    Valid,
)


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
    def calendar_zone(self) -> str:
        """Where local days are counted: bare dates are days already, and stand at 00:00 UTC."""
        return "UTC" if self.partition.dated == "date" else self.zone

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
        return Scope(self.tables, self.each, norm.parameters, zone=self.zone)

    def untimed_count(self, number: int) -> str:
        """SQL over the pivot: how many events of a selector have no time."""
        return f"z{number}" if self.untimed else "0"


@dataclass(frozen=True)
class Loop:
    """A statement that is run in rounds until a round adds nothing. round: the statement of round N = 0, 1, ...
    added: SQL for the number of rows that round N starts from; where it gives 0, the loop has ended."""

    round: Callable[[int], str]
    added: Callable[[int], str]


@dataclass(frozen=True)
class Judged:
    """How one entry is judged. Each SQL gives norm, object_id, event_id, selector, outcome, due, lateness, amount.

    counted: SQL over the pivot, how many units of an object the simple path judges (0 where the window path does).
    simple: rows of the simple path that are not met (or all, with keep_met). odd: SQL over the pivot, does the window
    path judge this object. window: rows of the window path, all outcomes. population: SQL for a norm that has neither.
    reads: the types of objects whose view `parts` (every role of every taking) it reads. objects: those whose view
    `objects` it reads besides its own. histories: those whose attributes it reads as they were at a moment, in the views
    `first objects` and `changes`. before: what is run first, in order.
    """

    entry: Entry
    counted: str | None = None
    simple: str | None = None
    odd: str | None = None
    window: str | None = None
    population: str | None = None
    reads: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    histories: frozenset[str] = frozenset()
    before: tuple[str | Loop, ...] = ()

    @property
    def statements(self) -> list[str]:
        """All SQL of this entry that may read the pivot."""
        own = (self.counted, self.simple, self.odd, self.window, self.population)
        return [sql for sql in own if sql is not None] + [step for step in self.before if isinstance(step, str)]


_PIVOTED = re.compile(r"\b(?:n|first|last|z)\d+\b")


class Validity:
    """Whether a trigger's moment lies in an entry's validity, as SQL; local dates, the end exclusive.

    What is judged without a trigger (an object) goes by the first of its events that the run sees, a separation by the
    first of its acts. What has no moment is judged once, by the first entry of its id, as if the norm held then.
    """

    def __init__(self, entry: Entry, partition: Partition, zone: str) -> None:
        self._entry, self._partition, self._zone = entry, partition, zone
        self._ranges = [self._inside(valid) for valid in entry.ranges or (entry.norm.valid,)]
        self._own = self._inside(entry.norm.valid)
        self.everywhere = self._own is None and len(self._ranges) == 1

    def included(self, moment: str) -> str:
        """Is this entry the one to say something of a trigger at `moment`?"""
        if len(self._ranges) == 1:
            return "true"
        tests = [f"{moment} IS NOT NULL AND {(self._own or 'true').format(moment)}"]
        if self._entry.speaks_for_gaps:
            tests.append(f"{moment} IS NULL")
            if None not in self._ranges:
                tests.append(" AND ".join(f"NOT ({inside.format(moment)})" for inside in self._ranges if inside))
        return f"({' OR '.join(tests)})"

    def outside(self, moment: str) -> str:
        """Does the norm not hold at `moment`?"""
        return "false" if self._own is None else f"({moment} IS NOT NULL AND NOT ({self._own.format(moment)}))"

    def _inside(self, valid: Valid) -> str | None:
        """SQL with {0} for the moment; None where all that is judged lies inside."""
        limits = []
        first, last = self._partition.first, self._partition.last
        if valid.start and not (first is not None and self._micros(valid.start) <= first - DAY):
            limits.append(f"{{0}} >= TIMESTAMP {text(self._moment(valid.start))}")
        if valid.end and not (last is not None and self._micros(valid.end) > last + DAY):
            limits.append(f"{{0}} < TIMESTAMP {text(self._moment(valid.end))}")
        return " AND ".join(limits) or None

    def _micros(self, day: date) -> int:
        return midnight(day, "UTC" if self._partition.dated == "date" else self._zone)

    def _moment(self, day: date) -> str:
        return str(iso(self._micros(day))).rstrip("Z").replace("T", " ")


def entries_of(framework: Framework) -> list[Entry]:
    """The framework's norms as entries, each knowing the validity of its siblings of the same id."""
    found: list[Entry] = []
    for number, norm in enumerate(framework.norms):
        siblings = [other for other in framework.norms if other.norm == norm.norm]
        earlier = [entry.norm for entry in found if entry.norm.norm == norm.norm]
        speaks = not any(_unit(other.check) == _unit(norm.check) for other in earlier)
        found.append(Entry(number, norm, tuple(other.valid for other in siblings), speaks))
    return found


def _unit(check: Check) -> object:
    """What a check judges: equal for two checks that judge the same things."""
    if isinstance(check, Response) or (isinstance(check, Absence) and check.after is not None):
        return check.each, check.after
    if isinstance(check, Precedence | Condition | Conservation):
        return check.each, check.event
    if isinstance(check, Separation | Agreement):
        return check.each, check.between
    if isinstance(check, Level):
        return check.each, check.key, check.adds, check.removes
    if isinstance(check, Custody):
        return check.each, check.creates, check.leaves, check.arrives, check.ends
    return check.each, check.by if isinstance(check, Deadline) else None


def base_view(shared: Pass) -> str:
    """The view `base`: one row for each event an object takes part in, with a truth column for each selector."""
    reads = shared.selectors.reads
    flags = "".join(f", {condition} AS s{number}" for number, condition in enumerate(shared.selectors.conditions))
    joins, types = "", sorted(set().union(*shared.selectors.types))
    if reads.event:
        columns = ", ".join(name(a.column) for a in reads.event.values())
        where = f" WHERE type IN ({', '.join(map(text, types))})" if types else ""
        joins += f" LEFT JOIN (SELECT event_id, {columns} FROM events{where}) e ON e.event_id = t.event_id"
    if reads.object:
        joins += f" LEFT JOIN {shared.relation('objects')} o ON o.object_id = t.object_id"
    kept = f" WHERE t.event_type IN ({', '.join(map(text, types))})" if types and not shared.seen else ""
    return (
        f"CREATE OR REPLACE TEMP VIEW {shared.relation('base')} AS SELECT t.object_id, t.event_id, t.time, t.actor{flags} "
        f"FROM {shared.relation('takings')} t{joins}{kept}"
    )


def any_selected(shared: Pass) -> str:
    """SQL over the base: does any selector mean this event? The base itself holds only events of types that they name."""
    conditions = [(shared.selectors.conditions[number], number) for number in sorted(shared.needs)]
    if not shared.seen and all(condition.startswith("t.event_type ") for condition, _ in conditions):
        return "true"
    return " OR ".join(f"s{number}" for _, number in conditions) or "true"


def pivot_table(shared: Pass, judged: list[Judged]) -> str:
    """The table `pivot`: one row an object, with count, first and last of each selector, as far as norms name them."""
    named = {word for one in judged for sql in one.statements for word in _PIVOTED.findall(sql)}
    columns = {"seen": "min(time)"} if shared.seen else {}
    for number in sorted(shared.needs):
        # CASE, not FILTER: measured at a sixth less time in DuckDB
        columns[f"n{number}"] = f"count(CASE WHEN s{number} THEN 1 END)"
        columns[f"first{number}"] = f"min(CASE WHEN s{number} THEN time END)"
        columns[f"last{number}"] = f"max(CASE WHEN s{number} THEN time END)"
        columns[f"z{number}"] = f"count(CASE WHEN s{number} AND time IS NULL THEN 1 END)"
    columns = {column: sql for column, sql in columns.items() if column in named or column == "seen"}
    where = "" if shared.seen else f" WHERE {any_selected(shared)}"
    grouped = (
        f"SELECT object_id{''.join(f', {sql} AS {column}' for column, sql in columns.items())} "
        f"FROM {shared.relation('base')}{where} GROUP BY object_id"
    )
    if shared.all_objects or shared.object_reads.object:
        grouped = _with_objects(shared, grouped, list(columns))
    return f"CREATE OR REPLACE TEMP TABLE {shared.relation('pivot')} AS {grouped}"


def _with_objects(shared: Pass, grouped: str, pivoted: list[str]) -> str:
    """The pivot over every object of the type, also those without any event, with the attributes that norms need."""
    columns = [f"coalesce(p.{column}, 0) AS {column}" if column[0] in "nz" else f"p.{column}" for column in pivoted]
    columns += [f"o.{name(a.column)} AS {name('o:' + a.column)}" for a in shared.object_reads.object.values()]
    return (
        f"SELECT o.object_id{''.join(', ' + c for c in columns)} FROM {shared.relation('objects')} o "
        f"LEFT JOIN ({grouped}) p ON p.object_id = o.object_id"
    )


def odd_objects(shared: Pass, judged: list[Judged]) -> str:
    """SQL: the objects that some norm judges by a window (at least one norm has such a test)."""
    tests = dict.fromkeys(j.odd for j in judged if j.odd is not None)
    return f"SELECT object_id FROM {shared.relation('pivot')} WHERE {' OR '.join(tests)}"


def odd_table(shared: Pass, judged: list[Judged]) -> str | None:
    """The table `odd`: the events of the objects that some norm judges by a window; None where there is no such norm."""
    if all(j.odd is None for j in judged):
        return None
    return (
        f"CREATE OR REPLACE TEMP TABLE {shared.relation('odd')} AS SELECT b.* FROM {shared.relation('base')} b "
        f"JOIN ({odd_objects(shared, judged)}) p ON p.object_id = b.object_id WHERE {any_selected(shared)}"
    )
