"""response: every triggering event is followed in time.

Rule: a follower at or after the trigger (the same instant counts) and within the limit makes it `met`. What `unless`
names, from the trigger to the due moment and no later than the first `before`, makes it `not_applicable`; what `until`
names ends the wait. Without a follower it is `pending` while the due moment is not before as_of (always, where there is
no limit), then `breached`; a follower that came later is `breached` with its lateness. Source: the plan of the house,
section 4; the engine's decision 8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scherp.judging import outcomes
from scherp.judging.plan import Entry, Judged, Pass, Validity
from scherp.judging.terms import due
from scherp.norms.model import Response


@dataclass(frozen=True)
class _Roles:
    """The selectors' numbers by the role they play; the columns are named by role."""

    trigger: int
    others: dict[str, int]  # b follower, x exception, c what it must not come after, u end of the wait, e0.. extensions
    stops: tuple[tuple[int, int], ...] = ()


def plan(entry: Entry, shared: Pass, keep_met: bool) -> Judged:
    check = entry.norm.check
    assert isinstance(check, Response)
    roles = _roles(entry, shared, check)
    validity = Validity(entry, shared.partition, shared.zone)
    a = roles.trigger
    included = validity.included(f"first{a}")
    plain = _never_ambiguous(roles, check, shared)
    simple = f"n{a} = 1 AND {plain}" if plain else "false"
    all_met = _all_met(roles, check, shared, validity) if not keep_met else "false"
    counted = f"CASE WHEN {simple} AND {included} THEN 1 WHEN {all_met} THEN n{a} ELSE 0 END"
    return Judged(
        entry,
        counted=counted,
        simple=_simple_rows(entry, shared, check, roles, validity, simple, keep_met) if plain else None,
        odd=f"n{a} > 0 AND NOT coalesce({simple}, false) AND NOT coalesce({all_met}, false)",
        window=_window_rows(entry, shared, check, roles, validity, simple, all_met),
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
    number = roles.others[role]
    return bool(shared.selectors.types[roles.trigger] & shared.selectors.types[number])


def _never_ambiguous(roles: _Roles, check: Response, shared: Pass) -> str:
    """SQL over the pivot: is the first event of each role at or after the single trigger known from first and last?"""
    if any(_overlaps(shared, roles, role) for role in roles.others):
        return ""
    a = f"first{roles.trigger}"
    tests = [
        f"(n{n} = 0 OR first{n} >= {a} OR last{n} < {a})" if n != roles.trigger else "true"
        for n in dict.fromkeys(roles.others.values())
    ]
    tests += [f"n{start} = 0" for start, _ in roles.stops]
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


def _simple_rows(
    entry: Entry, shared: Pass, check: Response, roles: _Roles, validity: Validity, simple: str, keep_met: bool
) -> str:
    a = f"first{roles.trigger}"
    picked = "".join(f", CASE WHEN first{n} >= {a} THEN first{n} END AS {role}" for role, n in roles.others.items())
    relation = (
        f"SELECT object_id, CAST(NULL AS VARCHAR) AS event_id, {a} AS a{picked} FROM {shared.relation('pivot')} "
        f"WHERE {simple} AND {validity.included(a)}"
    )
    return _rows(entry, shared, check, roles, validity, relation, None, keep_met, windowed=False)


def _window_rows(
    entry: Entry, shared: Pass, check: Response, roles: _Roles, validity: Validity, simple: str, all_met: str
) -> str:
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
    mine = dict.fromkeys([roles.trigger, *roles.others.values()])
    selected = " OR ".join(f"s{n}" for n in mine)
    objects = f"(SELECT object_id FROM {shared.relation('pivot')} WHERE n{roles.trigger} > 0 AND NOT coalesce({simple}, false) AND NOT coalesce({all_met}, false))"
    inner = (
        f"SELECT object_id, event_id, time AS a, s{roles.trigger} AS triggers, {', '.join(picked)} FROM {odd} "
        f"WHERE object_id IN {objects} AND ({selected})"
    )
    relation = f"SELECT * FROM ({inner}) WHERE triggers AND {validity.included('a')}"
    stopped = None
    if roles.stops:
        relation, stopped = _with_stops(shared, check, roles, relation), "stopped"
    return _rows(entry, shared, check, roles, validity, relation, stopped, keep_met=True, windowed=True)


def _next_other(trigger: int, number: int, role: str) -> str:
    """The next event of a role other than the trigger itself: one at the same instant, else the first after it."""
    same = (
        f"count(CASE WHEN s{number} THEN 1 END) OVER (PARTITION BY object_id, time) - CASE WHEN s{number} THEN 1 ELSE 0 END"
    )
    later = (
        f"min(CASE WHEN s{number} THEN time END) OVER (PARTITION BY object_id ORDER BY time NULLS LAST "
        f"RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING)"
    )
    return f"CASE WHEN {same} > 0 THEN time ELSE {later} END AS {role}"


def _with_stops(shared: Pass, check: Response, roles: _Roles, relation: str) -> str:
    """`relation` with the microseconds for which the clock stood still between the trigger and the moving due moment."""
    assert check.within is not None
    starts = " OR ".join(f"s{start}" for start, _ in roles.stops)
    ends = " OR ".join(f"s{end}" for _, end in roles.stops)
    as_of = shared.cut.as_of_sql
    still = (
        f"SELECT object_id, time AS from_time, coalesce(lead(time) OVER (PARTITION BY object_id ORDER BY time, "
        f"CASE WHEN {ends} THEN 1 ELSE 0 END), {as_of}) AS to_time, ({starts}) AS stops FROM {shared.relation('odd')} "
        f"WHERE time IS NOT NULL AND ({starts} OR {ends})"
    )
    columns = ", ".join(["r.object_id", "r.event_id", "r.a", "r.triggers", *(f"r.{role}" for role in roles.others)])
    columns += "".join(f", r.z{role}" for role in roles.others) if shared.untimed else ""
    first_due = due(relation, "a", replace(check.within, extended_by=(), suspended_by=()), shared.zone, [])
    clipped = (
        f"SELECT r.*, greatest(i.from_time, r.a) AS from_time, "
        f"epoch_us(i.to_time) - epoch_us(greatest(i.from_time, r.a)) AS span "
        f"FROM ({first_due}) r LEFT JOIN ({still}) i ON i.object_id = r.object_id AND i.stops AND i.to_time > r.a"
    )
    running = (
        "SELECT *, coalesce(sum(span) OVER (PARTITION BY object_id, event_id ORDER BY from_time NULLS LAST "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before_it FROM ({clipped})"
    )
    counted = f"CASE WHEN r.from_time <= r.due + r.before_it * INTERVAL 1 MICROSECOND THEN r.span ELSE 0 END"
    return f"SELECT {columns}, CAST(coalesce(sum({counted}), 0) AS BIGINT) AS stopped FROM ({running}) r GROUP BY {columns}"


def _rows(
    entry: Entry,
    shared: Pass,
    check: Response,
    roles: _Roles,
    validity: Validity,
    relation: str,
    stopped: str | None,
    keep_met: bool,
    windowed: bool,
) -> str:
    """Outcome, due and lateness of the triggers in `relation` (columns a and the roles)."""
    if check.within is not None:
        extensions = [f"e{number}" for number in range(len(check.within.extended_by))]
        relation = due(relation, "a", check.within, shared.zone, extensions, stopped)
    else:
        relation = f"SELECT r.*, CAST(NULL AS TIMESTAMP) AS due FROM ({relation}) r"
    outcome = outcomes.case(_branches(shared, check, roles, validity, windowed), outcomes.NOT_FOLLOWED)
    inner = f"SELECT object_id, event_id, due, b, {outcome} AS outcome FROM ({relation})"
    lateness = f"CASE WHEN outcome = '{outcomes.LATE}' THEN {outcomes.seconds_between('b', 'due')} END"
    return outcomes.rows_of(entry.number, roles.trigger, inner, keep_met, lateness)


def _branches(
    shared: Pass, check: Response, roles: _Roles, validity: Validity, windowed: bool
) -> list[tuple[str, str]]:
    limited = check.within is not None
    before_end = "(u IS NULL OR {0} <= u)" if "u" in roles.others else "true"
    by_due = "{0} <= due" if limited else "true"
    timely = f"b IS NOT NULL AND {by_due.format('b')} AND {before_end.format('b')}"
    zeros = {role: f"z{role} > 0" for role in roles.others} if shared.untimed and windowed else {}
    excused = "false"
    if "x" in roles.others:
        fence = "c" if "c" in roles.others else "b"
        excused = (
            f"x IS NOT NULL AND {by_due.format('x')} AND {before_end.format('x')} AND ({fence} IS NULL OR x <= {fence})"
        )
    ended = "u IS NOT NULL" if "u" in roles.others else "false"
    late = "b IS NOT NULL AND b > due" if limited else "false"
    return [
        ("a IS NULL", outcomes.NO_TIME),
        (validity.outside("a"), outcomes.NOT_VALID),
        (excused, outcomes.EXCUSED),
        (zeros.get("x", "false"), outcomes.OTHER_WITHOUT_TIME),
        *((zeros[role], outcomes.OTHER_WITHOUT_TIME) for role in zeros if role[0] == "e"),
        (f"{timely} AND {zeros['u']}" if "u" in zeros else "false", outcomes.OTHER_WITHOUT_TIME),
        (timely, outcomes.MET),
        (zeros.get("b", "false"), outcomes.OTHER_WITHOUT_TIME),
        (zeros.get("u", "false"), outcomes.OTHER_WITHOUT_TIME),
        (f"{ended} AND ({'u <= due' if limited else 'true'})" if ended != "false" else "false", outcomes.ENDED_FIRST),
        (f"due >= {shared.cut.as_of_sql}" if limited else "true", outcomes.RUNNING),
        (late, outcomes.LATE),
    ]
