"""The order of acts at one instant: is there any in which the whole history of an item is legal?

Rule: an item whose first reading offends, where acts of one instant may be to blame, is read again in every order of
those acts, step by step: from each state that can be reached, each act of the instant that is still to come and that is
legal there. Acts of one kind at one place are alike, and are taken in the order of their ids. If a reading takes all
acts, there is no offence; if not, the reading that goes furthest names the act that could not follow, of several the
first by kind and id. More than `MOST` acts of one item at one instant are not put in order: that is unknown. Source:
the plan of the house, section 4 (the same instant counts as before and after).
"""

from __future__ import annotations

from scherp.events.database import name
from scherp.judging.kinds.custody_law import offence
from scherp.judging.plan import Loop

MOST = 16


def order_of(number: int, heads: str, acts: str, rank: str) -> tuple[str | Loop, ...]:
    """What finds the readings of norm `number`. heads: one row an object, with `tied` and `moment`. acts: every act."""
    ties, reached = name(f"custody {number} acts"), name(f"custody {number} reached")
    within = "PARTITION BY object_id, time"
    numbered = (
        "SELECT a.object_id, a.event_id, a.time, a.place, a.act, "
        f"dense_rank() OVER (PARTITION BY a.object_id ORDER BY a.time) AS instant, "
        f"row_number() OVER (PARTITION BY a.object_id, a.time ORDER BY {rank}, a.event_id) - 1 AS n, "
        f"count(*) OVER (PARTITION BY a.object_id, a.time) AS together "
        f"FROM ({acts}) a JOIN {heads} h ON h.object_id = a.object_id WHERE h.untimed IS NULL AND h.tied <= h.moment"
    )
    alike = f"lag(n) OVER ({within}, act, coalesce(place, '') ORDER BY n)"
    step = (
        "CASE WHEN r.taken + t.bit = t.whole THEN r.instant + 1 ELSE r.instant END AS instant, "
        "CASE WHEN r.taken + t.bit = t.whole THEN 0 ELSE r.taken + t.bit END AS taken, "
        "CASE WHEN t.act = 'seen' THEN r.state ELSE t.act END AS state, "
        "CASE WHEN t.act = 'seen' THEN r.held_at ELSE t.place END AS held_at"
    )
    legal = offence("r.state", "r.held_at")
    return (
        f"CREATE OR REPLACE TEMP TABLE {ties} AS SELECT object_id, event_id, time, place, act, instant, n, together, "
        f"{_bit('n')} AS bit, {_bit('together')} - 1 AS whole, {_bit(alike)} AS after_bit FROM ({numbered})",
        f"CREATE OR REPLACE TEMP TABLE {reached} AS SELECT DISTINCT object_id, CAST(0 AS BIGINT) AS depth, "
        f"CAST(1 AS BIGINT) AS instant, CAST(0 AS BIGINT) AS taken, CAST(NULL AS VARCHAR) AS state, "
        f"CAST(NULL AS VARCHAR) AS held_at FROM {ties} GROUP BY object_id HAVING max(together) <= {MOST}",
        Loop(
            round=lambda depth: (
                f"INSERT INTO {reached} SELECT DISTINCT r.object_id, {depth + 1} AS depth, {step} FROM {reached} r "
                f"JOIN {ties} t ON t.object_id = r.object_id AND t.instant = r.instant WHERE r.depth = {depth} "
                f"AND (r.taken & t.bit) = 0 AND (t.after_bit IS NULL OR (r.taken & t.after_bit) <> 0) "
                f"AND {legal} IS NULL"
            ),
            added=lambda depth: f"SELECT count(*) FROM {reached} WHERE depth = {depth}",
        ),
    )


def freed_of(number: int) -> str:
    """SQL: object_id, crowded, moment, event_id, reason of every object that was read again; no reason: no offence."""
    ties, reached = name(f"custody {number} acts"), name(f"custody {number} reached")
    last = f"SELECT object_id, max(depth) AS depth FROM {reached} GROUP BY object_id"
    stuck = (
        f"SELECT t.object_id, t.time, t.event_id, t.n, {offence('r.state', 'r.held_at')} AS reason FROM {reached} r "
        f"JOIN ({last}) d ON d.object_id = r.object_id AND d.depth = r.depth "
        f"JOIN {ties} t ON t.object_id = r.object_id AND t.instant = r.instant WHERE (r.taken & t.bit) = 0"
    )
    first = (
        "SELECT object_id, min(time) AS moment, arg_min(event_id, (n, reason)) AS event_id, "
        f"arg_min(reason, (n, reason)) AS reason FROM ({stuck}) WHERE reason IS NOT NULL GROUP BY object_id"
    )
    return (
        f"SELECT a.object_id, a.together > {MOST} AS crowded, s.moment, s.event_id, s.reason "
        f"FROM (SELECT object_id, max(together) AS together FROM {ties} GROUP BY object_id) a "
        f"LEFT JOIN ({first}) s ON s.object_id = a.object_id"
    )


def _bit(number: str) -> str:
    return f"CASE WHEN {number} < 62 THEN CAST(power(2, {number}) AS BIGINT) END"
