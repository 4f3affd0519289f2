"""response: every triggering event is followed in time.

Rule: a follower at or after the trigger (the same instant counts) and within the limit makes it `met`. What `unless`
names, from the trigger to the due moment and no later than the first `before`, makes it `not_applicable`; what `until`
names ends the wait, for a follower and for an exception. Without a follower it is `pending` while the due moment is not
before as_of (always, where there is no limit), then `breached`; a follower that came later is `breached` with its
lateness. No event counts for itself: one that is both trigger and follower waits for another. An event without a time
makes the case `unknown` where, somewhere in time, it could change the outcome: an exception always, a follower unless one
was in time, an end of the wait or an extension unless the outcome is clear without it. Source: the plan of the house,
section 4; the engine's decision 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from scherp.faults import Fault, Refused
from scherp.judging import outcomes
from scherp.judging.moving import Stops, mixed, moved_due
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.judging.terms import days_of
from scherp.norms.model import Response


@dataclass(frozen=True)
class _Roles:
    """The selectors' numbers by the role they play; the columns are named by role."""

    trigger: int
    others: dict[str, int]  # b follower, x exception, c what it must not come after, u end of the wait, e0.. extensions
    stops: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class _One:
    """One norm of this kind, and what its SQL is made of."""

    entry: Entry
    shared: Pass
    check: Response
    roles: _Roles
    validity: Validity


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Response)
    if check.within is not None and mixed(check.within, days_of(check.within, shared.calendar_zone)):
        raise Refused(
            Fault(
                f"{entry.norm.path}.check.response ({entry.norm.norm})",
                f"a term of {check.within.length} cannot be extended by a length that is counted otherwise",
                "Write both in days, weeks, months or years of one calendar, or both in hours or minutes",
            )
        )
    roles = _roles(entry, shared, check)
    validity = Validity(entry, shared.partition, shared.zone)
    one = _One(entry, shared, check, roles, validity)
    a = roles.trigger
    included = validity.included(f"first{a}")
    plain = _never_ambiguous(roles, check, shared)
    simple = f"n{a} = 1 AND {plain}" if plain else "false"
    all_met = _all_met(roles, check, shared, validity) if not keep_met else "false"
    counted = f"CASE WHEN {simple} AND {included} THEN 1 WHEN {all_met} THEN n{a} ELSE 0 END"
    odd = f"n{a} > 0 AND NOT coalesce({simple}, false) AND NOT coalesce({all_met}, false)"
    return Judged(
        entry,
        counted=counted,
        simple=_simple_rows(one, simple, keep_met) if plain else None,
        odd=odd,
        window=_window_rows(one, odd),
    )


def _roles(entry: Entry, shared: Pass, check: Response) -> _Roles:
    scope = shared.scope(entry.norm)
    trigger = shared.select(check.after, scope, first=True, last=True)
    others = {"b": shared.select(check.follows, scope, first=True, last=True)}
    if check.unless is not None:
        others["x"] = shared.select(check.unless.occurs, scope, first=True, last=True)
        if check.unless.before is not None and check.unless.before != check.follows:
            others["c"] = shared.select(check.unless.before, scope, first=True, last=True)
    if check.until is not None:
        others["u"] = shared.select(check.until, scope, first=True, last=True)
    stops: list[tuple[int, int]] = []
    if check.within is not None:
        for number, extension in enumerate(check.within.extended_by):
            others[f"e{number}"] = shared.select(extension.event, scope, first=True, last=True)
        for suspension in check.within.suspended_by:
            stops.append((shared.select(suspension.start, scope), shared.select(suspension.end, scope)))
    return _Roles(trigger, others, tuple(stops))


def _overlaps(shared: Pass, roles: _Roles, role: str) -> bool:
    """May one event be both the trigger and what this role waits for? It never counts for itself."""
    return _shares_types(shared, roles.trigger, roles.others[role])


def _shares_types(shared: Pass, one: int, two: int) -> bool:
    return bool(shared.selectors.types[one] & shared.selectors.types[two])


def _never_ambiguous(roles: _Roles, check: Response, shared: Pass) -> str:
    """SQL over the pivot: is the first event of each role at or after the single trigger known from first and last?"""
    if any(_overlaps(shared, roles, role) for role in roles.others):
        return ""
    a = f"first{roles.trigger}"
    tests = [
        f"CASE WHEN first{n} >= {a} THEN true ELSE first{n} IS NULL OR last{n} < {a} END"
        if n != roles.trigger
        else "true"
        for n in dict.fromkeys(roles.others.values())
    ]
    tests += [f"n{start} = 0" for start, _ in roles.stops]  # nothing stood still
    if shared.untimed:
        tests += [f"z{n} = 0" for n in dict.fromkeys([roles.trigger, *roles.others.values()])]
    return " AND ".join(tests)


def _all_met(roles: _Roles, check: Response, shared: Pass, validity: Validity) -> str:
    """Without a limit or an exception, a last follower at or after the last trigger serves all triggers."""
    if check.within or check.unless or check.until or shared.untimed or not validity.everywhere:
        return "false"
    if _overlaps(shared, roles, "b"):
        return "false"
    return f"n{roles.trigger} > 1 AND last{roles.others['b']} >= last{roles.trigger}"


def _simple_rows(one: _One, simple: str, keep_met: bool) -> str:
    shared, roles = one.shared, one.roles
    a = f"first{roles.trigger}"
    picked = "".join(f", CASE WHEN first{n} >= {a} THEN first{n} END AS {role}" for role, n in roles.others.items())
    relation = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, {a} AS a{picked} FROM {shared.relation('pivot')} "
        f"WHERE {simple} AND {one.validity.included(a)}"
    )
    return _rows(one, relation, None, keep_met, windowed=False)


def _window_rows(one: _One, judged_here: str) -> str:
    """judged_here: SQL over the pivot, is this an object for the window path?"""
    shared, roles = one.shared, one.roles
    odd = shared.relation("odd")
    ahead = "PARTITION BY object_id ORDER BY time NULLS LAST RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"
    picked = []
    for role, n in roles.others.items():
        if _overlaps(shared, roles, role):
            picked.append(_next_other(roles.trigger, n, role))
        else:
            picked.append(f"min(CASE WHEN s{n} THEN time END) OVER ({ahead}) AS {role}")
        if shared.untimed:
            picked.append(f"count(CASE WHEN s{n} AND time IS NULL THEN 1 END) OVER (PARTITION BY object_id) AS z{role}")
    if shared.untimed and roles.stops:
        picked += _untimed_stops(roles)
    mine = dict.fromkeys([roles.trigger, *roles.others.values(), *(n for pair in roles.stops for n in pair)])
    selected = " OR ".join(f"s{n}" for n in mine)
    objects = f"(SELECT object_id FROM {shared.relation('pivot')} WHERE {judged_here})"
    inner = (
        f"SELECT object_id, event_id, time AS a, s{roles.trigger} AS triggers, {', '.join(picked)} FROM {odd} "
        f"WHERE object_id IN {objects} AND ({selected})"
    )
    relation = f"SELECT * FROM ({inner}) WHERE triggers AND {one.validity.included('a')}"
    stops = None
    if roles.stops:
        pairs = tuple((f"s{start}", f"s{end}", _shares_types(shared, start, end)) for start, end in roles.stops)
        stops = Stops(odd, pairs, shared.cut.as_of_sql)
    return _rows(one, relation, stops, keep_met=True, windowed=True)


def _untimed_stops(roles: _Roles) -> list[str]:
    """zs: starts of a suspension without a time; zt: ends without one, where anything is suspended at all."""
    starts = " OR ".join(f"s{start}" for start, _ in roles.stops)
    ends = " OR ".join(f"s{end}" for _, end in roles.stops)
    over = "OVER (PARTITION BY object_id)"
    return [
        f"count(CASE WHEN ({starts}) AND time IS NULL THEN 1 END) {over} AS zs",
        f"CASE WHEN count(CASE WHEN {starts} THEN 1 END) {over} > 0 "
        f"THEN count(CASE WHEN ({ends}) AND time IS NULL THEN 1 END) {over} ELSE 0 END AS zt",
    ]


def _next_other(trigger: int, number: int, role: str) -> str:
    """The next event of a role other than the trigger itself: one at the same instant, else the first after it."""
    same = f"count(CASE WHEN s{number} THEN 1 END) OVER (PARTITION BY object_id, time) - CASE WHEN s{number} THEN 1 ELSE 0 END"
    later = (
        f"min(CASE WHEN s{number} THEN time END) OVER (PARTITION BY object_id ORDER BY time NULLS LAST "
        f"RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING)"
    )
    return f"CASE WHEN {same} > 0 THEN time ELSE {later} END AS {role}"


def _rows(one: _One, relation: str, stops: Stops | None, keep_met: bool, windowed: bool) -> str:
    """Outcome, due and lateness of the triggers in `relation` (columns a and the roles)."""
    shared, check, roles = one.shared, one.check, one.roles
    if check.within is not None:
        relation = moved_due(relation, "a", check.within, days_of(check.within, shared.calendar_zone), stops)
    else:
        relation = f"SELECT r.*, CAST(NULL AS TIMESTAMP) AS due FROM ({relation}) r"
    zeros = {role: f"z{role} > 0" for role in roles.others} if shared.untimed and windowed else {}
    if zeros and stops is not None:
        zeros |= {"s": "zs > 0", "t": "zt > 0"}
    outcome = outcomes.case(_branches(one, zeros), outcomes.NOT_FOLLOWED)
    inner = f"SELECT object_id, event_id, due, b, {outcome} AS outcome FROM ({relation})"
    lateness = f"CASE WHEN outcome = '{outcomes.LATE}' THEN {outcomes.seconds_between('b', 'due')} END"
    return outcomes.rows_of(one.entry.number, roles.trigger, inner, keep_met, lateness)


def _branches(one: _One, zeros: dict[str, str]) -> list[tuple[str, str]]:
    """zeros: by role, SQL for: an event of this role has no time."""
    shared, check, roles = one.shared, one.check, one.roles
    limited = check.within is not None
    by_due = "{0} <= due" if limited else "true"
    before_end = "(u IS NULL OR {0} <= u)" if "u" in roles.others else "true"
    timely = f"b IS NOT NULL AND {by_due.format('b')} AND {before_end.format('b')}"
    excused = "false"
    if "x" in roles.others:
        fence = "c" if "c" in roles.others else "b"
        excused = (
            f"x IS NOT NULL AND {by_due.format('x')} AND {before_end.format('x')} AND ({fence} IS NULL OR x <= {fence})"
        )
    running = f"due >= {shared.cut.as_of_sql}" if limited else "true"
    longer = " OR ".join(test for role, test in zeros.items() if role[0] in "es") or "false"
    unclear = zeros.get("u", "false")
    return [
        ("a IS NULL", outcomes.NO_TIME),
        (one.validity.outside("a"), outcomes.NOT_VALID),
        ("due IS NULL" if days_of(check.within, shared.calendar_zone) else "false", outcomes.OFF_CALENDAR),
        (zeros.get("t", "false"), outcomes.OTHER_WITHOUT_TIME),
        (excused, outcomes.EXCUSED),
        (zeros.get("x", "false"), outcomes.OTHER_WITHOUT_TIME),
        (f"x IS NOT NULL AND ({longer})" if "x" in roles.others else "false", outcomes.OTHER_WITHOUT_TIME),
        (f"{timely} AND {unclear}", outcomes.OTHER_WITHOUT_TIME),
        (timely, outcomes.MET),
        (zeros.get("b", "false"), outcomes.OTHER_WITHOUT_TIME),
        (f"u IS NOT NULL AND {by_due.format('u')}" if "u" in roles.others else "false", outcomes.ENDED_FIRST),
        (longer, outcomes.OTHER_WITHOUT_TIME),
        (f"{running} AND {unclear}", outcomes.OTHER_WITHOUT_TIME),
        (running, outcomes.RUNNING),
        ("b IS NOT NULL AND b > due" if limited else "false", outcomes.LATE),
    ]
