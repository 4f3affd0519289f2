"""Judging: a framework's norms against the tables of a store, on DuckDB.

Rule: one pass over the events for each object type, then a few statements per norm; every statement that ran is part of
the result. The population of a norm is the sum of its verdicts. What a norm asks of data that the store does not have is
said as a warning, never passed over. Source: the plan of the house, section 5; the engine's decisions 7, 8 and 13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import duckdb

from scherp.events.attributes import Attribute
from scherp.events.database import Database, Row, name, rows, text, value
from scherp.events.instants import parse_instant
from scherp.faults import Fault, Refused
from scherp.judging.aliases import spelled_out, with_registers
from scherp.judging.days import Days, make_days
from scherp.judging.kinds import PLANS
from scherp.judging.naming import names
from scherp.judging.outcomes import NOT_DONE
from scherp.judging.plan import Entry, Judged, Pass, base_view, entries_of, odd_objects, odd_table, pivot_table
from scherp.judging.record import VERDICTS
from scherp.judging.relations import Cut, Tables, Views
from scherp.judging.selecting import Selectors
from scherp.judging.terms import days_of, reach
from scherp.norms.model import Framework, Human, NotComputable, Term

Progress = Callable[[str], None]
CALENDAR_ENDS = date(4000, 1, 1)
_LAST_EVENT = date(2150, 1, 1)  # what lies beyond is a slip of the pen, and `unknown` under a calendar
_DEADLINES_AHEAD = 366 * 10  # later ones lie far beyond as_of, and are shown as they are named
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class NormOutcome:
    """What the entries of one norm id gave together. counts: by verdict. sql: the statements of this norm alone."""

    norm: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    sql: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    computed: bool = True

    @property
    def population(self) -> int:
        return sum(self.counts.values())


@dataclass
class Judgement:
    """The outcome of a run. The table `verdicts` of the database holds the cases: norm (id), object, event, verdict, due,
    lateness (seconds), reason, amount; those not met, or all with keep_met. shared_sql: what norms share."""

    norms: list[NormOutcome]
    shared_sql: list[str]


def judge(
    database: Database,
    tables: Tables,
    framework: Framework,
    cut: Cut,
    keep_met: bool = False,
    progress: Progress = lambda _: None,
) -> Judgement:
    """Judge every norm of the framework; the database then holds the table `verdicts`."""
    tables = with_registers(tables, framework.objects)
    framework = spelled_out(framework)
    entries = entries_of(framework)
    passes: dict[str, Pass] = {}
    judged: list[tuple[Pass, Judged]] = []
    found = {norm.norm: NormOutcome(norm.norm) for norm in framework.norms}
    for entry in entries:
        check = entry.norm.check
        if isinstance(check, Human | NotComputable):
            found[entry.norm.norm].computed = False
            continue
        shared = passes.setdefault(check.each, _new_pass(tables, framework, cut, check.each))
        before = (dict(shared.selectors.unknown_types), dict(shared.selectors.reads.unknown))
        judged.append((shared, PLANS[check.kind](entry, shared, keep_met)))
        types = [check.each, *sorted(judged[-1][1].reads - {check.each})]
        found[entry.norm.norm].warnings += _warnings(shared, before, types, tables)
    runner = _Runner(database, tables, cut, keep_met)
    runner.prepare(passes, judged, framework)
    for shared in passes.values():
        progress(shared.each)
        runner.run_pass(shared, [j for p, j in judged if p is shared], found)
    runner.finish(framework, found)
    return Judgement(list(found.values()), runner.shared)


def _new_pass(tables: Tables, framework: Framework, cut: Cut, each: str) -> Pass:
    return Pass(each, tables, cut, framework.zone, Selectors(tables, framework.vocabulary))


def _warnings(
    shared: Pass, before: tuple[dict[str, str], dict[str, str]], types: list[str], tables: Tables
) -> list[str]:
    known = {"event", *tables.partitions, *tables.object_attributes}
    said = [f"no object of type {missing!r} is in the data" for missing in types if missing not in known]
    for word, near in shared.selectors.unknown_types.items():
        if word not in before[0]:
            said.append(f"no event of type {word!r} is in the data" + (f"; there is {near!r}" if near else ""))
    for word, near in shared.selectors.reads.unknown.items():
        if word not in before[1]:
            said.append(f"no attribute {word!r} is in the data" + (f"; there is {near!r}" if near else ""))
    return said


class _Runner:
    """Executes the statements of a plan in order, and keeps what ran."""

    def __init__(self, database: Database, tables: Tables, cut: Cut, keep_met: bool) -> None:
        self.database, self.tables, self.cut, self.keep_met = database, tables, cut, keep_met
        self.views = Views(tables, cut)
        self.shared: list[str] = []
        self.populations: dict[int, int] = {}
        self.names: list[str] = []
        self.offset = 0  # so that the numbers of one pass's selectors differ from another's

    def prepare(self, passes: dict[str, Pass], judged: list[tuple[Pass, Judged]], framework: Framework) -> None:
        """Views over the data, and the calendars that terms need."""
        every = {a.name: a for a in self.tables.event_attributes}
        self._share(f"CREATE OR REPLACE TEMP VIEW events AS SELECT * FROM {self.views.events(_columns(every))}")
        for each in passes:
            if each != "event":
                self._view("takings", each, self.views.takings(each))
        for each in sorted({one for _, j in judged for one in j.reads}):
            self._view("parts", each, self.views.parts(each))
        for each in sorted(
            {each for each in passes if each != "event"} | {one for _, j in judged for one in j.objects}
        ):
            held = list(self.tables.object_attributes.get(each, ()))
            self._view("objects", each, self.views.objects(each, held))
        for each in sorted({one for _, j in judged for one in j.histories}):
            columns = {attribute.column: attribute.type for attribute in self.tables.object_attributes.get(each, ())}
            self._view("first objects", each, self.tables.objects_of(each, columns))
            self._view("changes", each, self.tables.changes_of(each))
        needed: dict[Days, int] = {}
        for shared, one in judged:
            for days, ahead in self._days(one.entry, shared):
                needed[days] = max(ahead, needed.get(days, 0))
        for days, ahead in sorted(needed.items(), key=str):
            first, last = self._span()
            make_days(self.database, days, first, min(last + timedelta(days=ahead), CALENDAR_ENDS))
        rows(
            self.database,
            "CREATE OR REPLACE TEMP TABLE outcomes(norm INTEGER, object_id VARCHAR, event_id VARCHAR, selector INTEGER, "
            "outcome VARCHAR, due TIMESTAMP, lateness DECIMAL(38,6), amount DECIMAL(24,6), simple BOOLEAN, "
            "named INTEGER)",
        )

    def run_pass(self, shared: Pass, judged: list[Judged], found: dict[str, NormOutcome]) -> None:
        """All norms of one object type."""
        counted = [j for j in judged if j.counted is not None]
        tangled = False
        if shared.each != "event" and (shared.needs or shared.all_objects):
            self._share(base_view(shared))
            self._share(pivot_table(shared, judged))
            odd = odd_table(shared, judged)
            tangled = odd is not None and bool(
                value(self.database, f"SELECT count(*) FROM ({odd_objects(shared, judged)})")
            )
            if odd is not None and tangled:
                self._share(odd)
        if counted:
            sums = ", ".join(f"coalesce(sum({j.counted}), 0)" for j in counted)
            totals = rows(self.database, f"SELECT {sums} FROM {shared.relation('pivot')}")[0]
            for one, total in zip(counted, totals, strict=True):
                self.populations[one.entry.number] = int(total)
        for one in judged:
            sql = found[one.entry.norm.norm].sql
            self._prepare(one, sql)
            if one.population is not None:
                sql.append(one.population)
                self.populations[one.entry.number] = int(self._value(one, one.population))
            for statement, simple in ((one.simple, True), (one.window, False)):
                if statement is not None and (simple or tangled):
                    sql.append(statement)
                    self._insert(one, statement, simple)
        self._name_events(shared, judged)

    def finish(self, framework: Framework, found: dict[str, NormOutcome]) -> None:
        """The table `verdicts`, and the counts of each norm."""
        ids = [norm.norm for norm in framework.norms]
        listed = ", ".join(f"({number}, {text(norm)})" for number, norm in enumerate(ids))
        rows(
            self.database, f"CREATE OR REPLACE TEMP TABLE norm_ids AS SELECT * FROM (VALUES {listed}) AS v(number, id)"
        )
        counts = rows(
            self.database, "SELECT norm, split_part(outcome, ': ', 1), simple, count(*) FROM outcomes GROUP BY ALL"
        )
        for number, verdict, simple, count in counts:
            found[ids[number]].counts[verdict] += count
            if simple and not self.keep_met:
                self.populations[number] = self.populations.get(number, 0) - count
        if not self.keep_met:
            for number, rest in self.populations.items():
                found[ids[number]].counts["met"] += rest
        kept = "" if self.keep_met else " WHERE o.outcome <> 'met'"
        named = (
            " UNION ALL ".join(self.names) or "SELECT CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), NULL WHERE false"
        )
        self._share(
            "CREATE OR REPLACE TEMP TABLE verdicts AS SELECT n.id AS norm, o.object_id AS object, "
            "coalesce(o.event_id, e.event_id) AS event, split_part(o.outcome, ': ', 1) AS verdict, o.due, o.lateness, "
            "nullif(split_part(o.outcome, ': ', 2), '') AS reason, o.amount FROM outcomes o JOIN norm_ids n "
            f"ON n.number = o.norm LEFT JOIN ({named}) AS e(object_id, event_id, named) "
            f"ON e.object_id = o.object_id AND e.named = o.named{kept}"
        )

    def _view(self, kind: str, each: str, select: str) -> None:
        self._share(f"CREATE OR REPLACE TEMP VIEW {name(f'{kind} {each}')} AS SELECT * FROM {select}")

    def _prepare(self, one: Judged, sql: list[str]) -> None:
        """Run what comes before a norm's rows; a loop's rounds each are a statement."""
        for step in one.before:
            if isinstance(step, str):
                sql.append(step)
                self._execute(one, step)
                continue
            number = 0
            while self._value(one, step.added(number)):
                sql.append(step.round(number))
                self._execute(one, sql[-1])
                number += 1

    def _insert(self, one: Judged, statement: str, simple: bool) -> None:
        """Keep a norm's rows; `named` says by which selector a row's event is found, where the row does not name it."""
        named = "NULL"
        if simple:
            unnamed = f"selector IS NOT NULL AND event_id IS NULL AND outcome <> {text(NOT_DONE)}"
            named = f"CASE WHEN {unnamed} THEN selector + {self.offset} END"
        self._execute(one, f"INSERT INTO outcomes SELECT *, {str(simple).lower()}, {named} FROM ({statement})")

    def _name_events(self, shared: Pass, judged: list[Judged]) -> None:
        """The simple path knows an object's trigger by its selector only; here is the SQL that finds its event."""
        numbers = rows(
            self.database, f"SELECT DISTINCT norm, named - {self.offset} FROM outcomes WHERE named >= {self.offset}"
        )
        single = {j.entry.number for j in judged if j.odd is not None}  # these leave repeated triggers to the window
        several = {selector for norm, selector in numbers if norm not in single}
        self.names += names(shared, sorted({selector for _, selector in numbers}), several, self.offset)
        self.offset += len(shared.selectors.conditions)

    def _days(self, entry: Entry, shared: Pass) -> list[tuple[Days, int]]:
        """The calendars that an entry needs, and how many days they have to reach beyond the last event."""
        check = entry.norm.check
        calendar = getattr(check, "calendar", None)
        if calendar:
            return [(Days(calendar, zone), _DEADLINES_AHEAD) for zone in {shared.zone, shared.calendar_zone}]
        term: Term | None = getattr(check, "within", None)
        days = days_of(term, shared.calendar_zone)
        return [(days, reach(term))] if days is not None and term is not None else []

    def _span(self) -> tuple[date, date]:
        """The days of the first and last event; the last is not before as_of, until when a term may stand still."""
        lows = [p.first for p in self.tables.partitions.values() if p.first is not None]
        highs = [p.last for p in self.tables.partitions.values() if p.last is not None]
        highs.append(parse_instant(self.cut.as_of + "Z").micros)
        low, high = ((_EPOCH + timedelta(microseconds=micros)).date() for micros in (min(lows, default=0), max(highs)))
        return min(max(low, date(1900, 1, 1)), _LAST_EVENT), min(high, _LAST_EVENT)

    def _share(self, statement: str) -> None:
        self.shared.append(statement)
        try:
            rows(self.database, statement)
        except duckdb.Error as fault:
            raise Refused(
                Fault("judging", f"the shared pass failed ({type(fault).__name__})", str(fault)[:300])
            ) from None

    def _execute(self, one: Judged, statement: str) -> list[Row]:
        try:
            return rows(self.database, statement)
        except duckdb.Error as fault:
            where = f"{one.entry.norm.path} ({one.entry.norm.norm})"
            what = f"the check cannot be computed on these data ({type(fault).__name__})"
            raise Refused(Fault(where, what, str(fault).splitlines()[0][:300])) from None

    def _value(self, one: Judged, statement: str) -> int:
        return int(self._execute(one, statement)[0][0])


def _columns(attributes: dict[str, Attribute]) -> dict[str, str]:
    return {attribute.column: attribute.type for attribute in attributes.values()}
