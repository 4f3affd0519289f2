"""deadline: something is done no later than the moment that the object itself names.

Rule: every object with that attribute is judged, and its value is the one of as_of; where only events have the attribute
it is that of the object's first such event (of several at once the least). The first event counts; one without a time
makes the case `unknown` unless another was in time. With a calendar the deadline is the end of its local day, moved where
the calendar says so (under `nl-working-days` to the next working day too); else it is the moment itself (a bare date is
its 00:00). No event yet: `pending` while the deadline is not before as_of. Source: the plan of the house, section 4; the
engine's decision 6.
"""

from __future__ import annotations

from scherp.events.attributes import Attribute
from scherp.events.database import name
from scherp.judging import outcomes
from scherp.judging.days import Days
from scherp.judging.formula_sql import Reads, resolve_for_object
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.judging.terms import due, started
from scherp.norms.model import Deadline, Duration, Term


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Deadline)
    event = shared.select(check.event, shared.scope(entry.norm), first=True)
    validity = Validity(entry, shared.partition, shared.zone)
    shared.seen = shared.seen or not validity.everywhere
    seen = "seen" if not validity.everywhere else "NULL"
    source = _with_deadline(entry, shared, check, event)
    late = f"first{event} > due"
    untimed = f"z{event} > 0" if shared.untimed else "false"
    outcome = outcomes.case(
        [
            (validity.outside("seen"), outcomes.NOT_VALID),
            ("due IS NULL", outcomes.ATTRIBUTE_MISSING),
            (f"first{event} <= due", outcomes.MET),
            (untimed, outcomes.OTHER_WITHOUT_TIME),
            (late, outcomes.LATE),
            (f"due >= {shared.cut.as_of_sql}", outcomes.RUNNING),
        ],
        outcomes.NOT_DONE,
    )
    inner = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, due, first{event} AS done, {outcome} AS outcome "
        f"FROM ({source}) WHERE {validity.included(seen)}"
    )
    lateness = f"CASE WHEN outcome = '{outcomes.LATE}' THEN {outcomes.seconds_between('done', 'due')} END"
    return Judged(
        entry,
        simple=outcomes.rows_of(entry.number, event, inner, keep_met, lateness),
        population=f"SELECT count(*) FROM ({source}) WHERE {validity.included(seen)}",
    )


def _with_deadline(entry: Entry, shared: Pass, check: Deadline, event: int) -> str:
    """The pivot with `named`, the deadline's moment, for objects that have the attribute, and `due`."""
    reads = Reads()
    found = resolve_for_object(check.by, shared.scope(entry.norm), reads)
    pivot = shared.relation("pivot")
    attribute = next(iter([*reads.object.values(), *reads.event.values()]), None)
    if found is None or attribute is None:
        shared.selectors.reads.unknown.update(reads.unknown or {check.by: ""})
        return f"SELECT *, CAST(NULL AS TIMESTAMP) AS named, CAST(NULL AS TIMESTAMP) AS due FROM {pivot} WHERE false"
    shared.all_objects = True
    if found[0] == "o":
        shared.object_reads.object.update(reads.object)
        column = name("o:" + attribute.column)
        named = f"SELECT *, {_moment(column, attribute)} AS named FROM {pivot} WHERE {column} IS NOT NULL"
    else:
        named = _of_events(shared, attribute)
    return (
        f"SELECT *, named AS due FROM ({named})"
        if check.calendar is None
        else _end_of_day(shared, check.calendar, named, attribute)
    )


def _end_of_day(shared: Pass, calendar: str, named: str, attribute: Attribute) -> str:
    """The end of the day that was named. A date is that day in any zone, which its noon is too."""
    dated = attribute.type == "DATE"
    days = Days(calendar, shared.calendar_zone if dated else shared.zone)
    within = f"SELECT *, named{' + INTERVAL 12 HOUR' if dated else ''} AS on_day FROM ({named})"
    ends = due(started(within, "on_day", days), "on_day", Term(Duration(0, "days"), calendar), days)
    # what lies beyond the calendar keeps its moment
    return f"SELECT * EXCLUDE (due), coalesce(due, named) AS due FROM ({ends})"


def _of_events(shared: Pass, attribute: Attribute) -> str:
    """Where the attribute stands on events: each object's first value by time."""
    column = name(attribute.column)
    value = (
        f"SELECT t.object_id, arg_min(e.{column}, (coalesce(t.time, TIMESTAMP '9999-12-31'), e.{column})) AS value "
        f"FROM {shared.relation('takings')} t "
        f"JOIN events e ON e.event_id = t.event_id WHERE e.{column} IS NOT NULL GROUP BY t.object_id"
    )
    return (
        f"SELECT p.*, {_moment('v.value', attribute)} AS named FROM {shared.relation('pivot')} p "
        f"JOIN ({value}) v ON v.object_id = p.object_id"
    )


def _moment(column: str, attribute: Attribute) -> str:
    return (
        f"CAST({column} AS TIMESTAMP)"
        if attribute.type in ("TIMESTAMP", "DATE")
        else f"TRY_CAST({column} AS TIMESTAMP)"
    )
