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
from scherp.events.database import Database, Row, rows, text, value
from scherp.faults import Fault, Refused
from scherp.judging.kinds import PLANS
from scherp.judging.plan import Entry, Judged, Pass, base_view, entries_of, odd_table, pivot_table
from scherp.judging.record import VERDICTS
from scherp.judging.relations import Cut, Tables, Views
from scherp.judging.selecting import Selectors
from scherp.judging.terms import Days, days_of, make_days
from scherp.norms.model import Framework, Human, NotComputable, Term

Progress = Callable[[str], None]


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
    lateness (seconds), reason; those not met, or all with keep_met. shared_sql: what norms share."""

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
        found[entry.norm.norm].warnings += _warnings(shared, before, check.each, tables)
    runner = _Runner(database, tables, cut, keep_met)
    runner.prepare(passes, judged, framework)
    for shared in passes.values():
        progress(shared.each)
        runner.run_pass(shared, [j for p, j in judged if p is shared], found)
    runner.finish(framework, found)
    return Judgement(list(found.values()), runner.shared)


def _new_pass(tables: Tables, framework: Framework, cut: Cut, each: str) -> Pass:
    return Pass(each, tables, cut, framework.zone, Selectors(tables, framework.vocabulary))


def _warnings(shared: Pass, before: tuple[dict[str, str], dict[str, str]], each: str, tables: Tables) -> list[str]:
    said = []
    if each != "event" and each not in tables.partitions and each not in tables.object_attributes:
        said.append(f"no object of type {each!r} is in the data")
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

    def prepare(self, passes: dict[str, Pass], judged: list[tuple[Pass, Judged]], framework: Framework) -> None:
        """Views over the data, and the calendars that terms need."""
        every = {a.name: a for a in self.tables.event_attributes}
        self._share(f"CREATE OR REPLACE TEMP VIEW events AS SELECT * FROM {self.views.events(_columns(every))}")
        for each, shared in passes.items():
            if each == "event":
                continue
            held = list(self.tables.object_attributes.get(each, ()))
            self._share(
                f"CREATE OR REPLACE TEMP VIEW {shared.relation('takings')} AS SELECT * FROM {self.views.takings(each)}"
            )
            self._share(
                f"CREATE OR REPLACE TEMP VIEW {shared.relation('objects')} AS SELECT * FROM {self.views.objects(each, held)}"
            )
        needed = {days for shared, one in judged if (days := self._days(one.entry, shared)) is not None}
        for days in sorted(needed, key=str):
            make_days(self.database, days, *self._span())
        rows(
            self.database,
            "CREATE OR REPLACE TEMP TABLE outcomes(norm INTEGER, object_id VARCHAR, event_id VARCHAR, selector INTEGER, "
            "outcome VARCHAR, due TIMESTAMP, lateness DECIMAL(38,6), each_type VARCHAR, simple BOOLEAN)",
        )

    def run_pass(self, shared: Pass, judged: list[Judged], found: dict[str, NormOutcome]) -> None:
        """All norms of one object type."""
        counted = [j for j in judged if j.counted is not None]
        if shared.each != "event" and (shared.needs or shared.all_objects):
            self._share(base_view(shared))
            self._share(pivot_table(shared))
            odd = odd_table(shared, judged)
            if odd is not None:
                self._share(odd)
        if counted:
            sums = ", ".join(f"coalesce(sum({j.counted}), 0)" for j in counted)
            totals = rows(self.database, f"SELECT {sums} FROM {shared.relation('pivot')}")[0]
            for one, total in zip(counted, totals, strict=True):
                self.populations[one.entry.number] = int(total)
        for one in judged:
            sql = found[one.entry.norm.norm].sql
            if one.population is not None:
                sql.append(one.population)
                self.populations[one.entry.number] = int(self._value(one, one.population))
            for statement, simple in ((one.simple, True), (one.window, False)):
                if statement is not None and (simple or self._has_odd(shared)):
                    sql.append(statement)
                    self._insert(one, statement, shared.each, simple)
        self._name_events(shared)

    def finish(self, framework: Framework, found: dict[str, NormOutcome]) -> None:
        """The table `verdicts`, and the counts of each norm."""
        ids = [norm.norm for norm in framework.norms]
        listed = ", ".join(f"({number}, {text(norm)})" for number, norm in enumerate(ids))
        rows(self.database, f"CREATE OR REPLACE TEMP TABLE norm_ids AS SELECT * FROM (VALUES {listed}) AS v(number, id)")
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
        kept = "" if self.keep_met else " WHERE outcome <> 'met'"
        rows(
            self.database,
            "CREATE OR REPLACE TEMP TABLE verdicts AS SELECT n.id AS norm, object_id AS object, event_id AS event, "
            "split_part(outcome, ': ', 1) AS verdict, due, lateness, nullif(split_part(outcome, ': ', 2), '') AS reason "
            f"FROM outcomes o JOIN norm_ids n ON n.number = o.norm{kept}",
        )

    def _insert(self, one: Judged, statement: str, each: str, simple: bool) -> None:
        self._execute(one, f"INSERT INTO outcomes SELECT *, {text(each)}, {str(simple).lower()} FROM ({statement})")

    def _name_events(self, shared: Pass) -> None:
        """The simple path knows an object's only trigger by its selector; here it gets its event's id."""
        used = rows(
            self.database,
            f"SELECT DISTINCT selector FROM outcomes WHERE each_type = {text(shared.each)} AND simple "
            "AND selector IS NOT NULL AND event_id IS NULL AND outcome <> 'breached: not-done'",
        )
        for (selector,) in used:
            rows(
                self.database,
                f"UPDATE outcomes SET event_id = e.event_id FROM (SELECT object_id, arg_min(event_id, "
                f"(coalesce(time, TIMESTAMP '9999-12-31'), event_id)) AS event_id FROM {shared.relation('base')} "
                f"WHERE s{selector} GROUP BY object_id) e WHERE outcomes.each_type = {text(shared.each)} "
                f"AND outcomes.simple AND outcomes.selector = {selector} AND outcomes.object_id = e.object_id",
            )

    def _has_odd(self, shared: Pass) -> bool:
        exists = rows(
            self.database, "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"odd {shared.each}"]
        )
        return bool(exists[0][0]) and bool(value(self.database, f"SELECT count(*) FROM {shared.relation('odd')}"))

    def _days(self, entry: Entry, shared: Pass) -> Days | None:
        check = entry.norm.check
        term: Term | None = getattr(check, "within", None)
        calendar = getattr(check, "calendar", None)
        return Days(calendar, shared.zone) if calendar else days_of(term, shared.zone)

    def _span(self) -> tuple[date, date]:
        lows = [p.first for p in self.tables.partitions.values() if p.first is not None]
        highs = [p.last for p in self.tables.partitions.values() if p.last is not None]
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        low = epoch + timedelta(microseconds=min(lows, default=0))
        high = epoch + timedelta(microseconds=max(highs, default=0))
        return max(low.date(), date(1900, 1, 1)), min(high.date(), date(2150, 1, 1))

    def _share(self, statement: str) -> None:
        self.shared.append(statement)
        try:
            rows(self.database, statement)
        except duckdb.Error as fault:
            raise Refused(Fault("judging", f"the shared pass failed ({type(fault).__name__})", str(fault)[:300])) from None

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


