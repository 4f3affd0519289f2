"""How much of what was harvested is accounted for: every harvested gram followed to where it is now.

Rule: each gram that was harvested in the twelve months before a moment ends in one place: sold, in stock, in transit,
sampled or destroyed, which is accounted for, or lost in making, reported missing, corrected away or unknown, which is
not. It is told at the site where it is, or where it was last seen, by the product that it had become, in grams of
harvest: of a dried gram all the water that it lost is told with it. What did not come from a harvest of these months
carries nothing. An item is where its last act left it, by time and then by registration. The figure measures the books
and is no verdict. Source: the issue on the nightly inspection; the profile of the closed chain.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, localcontext

import msgspec

from scherp.accountancy.acts import LOT, PACKAGE
from scherp.accountancy.book import write_book
from scherp.accountancy.chain import Chain, view
from scherp.accountancy.harvest import Followed, Making, follow, part_of
from scherp.events.database import fill, rows, text

FOUND = ("sold", "in_stock", "in_transit", "sampled", "destroyed")
LOST = ("lost_in_making", "missing", "removed", "unknown")
_ZERO = Decimal(0)
_STATES = {"refused": "in_transit"}  # what was refused at the door is on its way back
Place = tuple[str | None, str]
Sums = dict[str, Decimal]
_NOWHERE: Place = (None, "?")
_KEPT = Decimal("0.000000000001")  # decimals of grams of harvest for each gram of a package


class AccountedLine(msgspec.Struct, frozen=True):
    """One site and product, in grams of harvest; the columns of `FOUND` and `LOST`."""

    site: str | None
    product: str
    sold: Decimal = _ZERO
    in_stock: Decimal = _ZERO
    in_transit: Decimal = _ZERO
    sampled: Decimal = _ZERO
    destroyed: Decimal = _ZERO
    lost_in_making: Decimal = _ZERO
    missing: Decimal = _ZERO
    removed: Decimal = _ZERO
    unknown: Decimal = _ZERO


class Accounted(msgspec.Struct, frozen=True):
    """harvested: grams harvested from `since` to `until` (UTC, SQL spelling). packages: state -> number of all packages
    at `until`. lines: by site and product; their sum is what was harvested, save rounding."""

    since: str
    until: str
    harvested: Decimal
    packages: dict[str, int]
    lines: list[AccountedLine]


def accounted(chain: Chain, until: str) -> Accounted:
    """Follow the harvest of the twelve months before `until` (UTC, such as `2026-01-31 00:00:00`)."""
    since = str(rows(chain.database, f"SELECT TIMESTAMP {text(until)} - INTERVAL 12 MONTH")[0][0])
    write_book(chain)
    rows(chain.database, f"CREATE OR REPLACE TEMP TABLE ends AS {_ends(chain, until)}")
    makings = _makings(chain, since, until)
    went = _went(chain, until)
    followed = follow(makings, {thing: sum(sums.values(), _ZERO) for thing, sums in went.items()})
    at = _whereabouts(chain, until)
    found: dict[Place, Sums] = defaultdict(lambda: defaultdict(lambda: _ZERO))
    with localcontext(prec=38):
        for thing in sorted(followed.carried):
            _settle(found[at.get(thing, _NOWHERE)], thing, followed, went.get(thing, {}))
        for thing in sorted(followed.lost):
            found[at.get(thing, _NOWHERE)]["lost_in_making"] += followed.lost[thing]
    for site, product, state, grams in _ended(chain, followed.density):
        found[site, product][state] += grams
    harvested = sum((step.out for step in makings if step.harvests), _ZERO)
    packages: dict[str, int] = dict(
        rows(chain.database, "SELECT state, count(*) FROM ends GROUP BY ALL ORDER BY state")
    )
    return Accounted(since, until, harvested, packages, _lines(found))


def _settle(sums: Sums, thing: str, followed: Followed, went: dict[str, Decimal]) -> None:
    """What a lot carries and no step used: what went from it goes in proportion, the rest is in stock."""
    rest = followed.kept[thing]
    for column, grams in sorted(went.items()):
        part = followed.carried[thing] * part_of(grams, followed.whole[thing])
        sums[column] += part
        rest -= part
    sums["in_stock"] += rest


def _makings(chain: Chain, since: str, until: str) -> list[Making]:
    """The steps of making until the moment, by time. A lot without a stated weight carries nothing."""
    acts = {number: act.name for number, act in chain.acts.items()}
    steps: dict[str, Making] = {}
    for event, kind, recent, thing, role, grams in rows(chain.database, _members(chain, since, until)):
        name = acts.get(kind, "")
        step = steps.setdefault(event, Making(event, dries=name == "dried", harvests=name == "harvested" and recent))
        if thing is None:
            step.other += grams
        else:
            side = step.inputs if role == "input" else step.outputs
            side[thing] = side.get(thing, _ZERO) + grams
    return list(steps.values())


def _members(chain: Chain, since: str, until: str) -> str:
    """SQL: (event, kind, harvested recently, thing, role, grams); thing null for packages that nobody used again."""
    again = "object_id IN (SELECT object_id FROM repacked)"
    lots = f"SELECT event_id, kind, time, object_id, role, quantity AS grams FROM {view(chain, 'taken', LOT)} WHERE unit = 'GRM'"
    packages = (
        f"SELECT t.event_id, t.kind, t.time, CASE WHEN t.{again} THEN t.object_id END AS object_id, t.role, m.grams "
        f"FROM {view(chain, 'taken', PACKAGE)} t JOIN made m USING (object_id)"
    )
    return f"""SELECT event_id, kind, coalesce(time > TIMESTAMP {text(since)}, false), object_id, role,
            sum(grams)::DECIMAL(38,6) FROM ({lots} UNION ALL {packages})
        WHERE role IN ('input', 'output') AND grams > 0 AND time <= TIMESTAMP {text(until)}
        GROUP BY event_id, kind, time, object_id, role ORDER BY time, event_id, object_id NULLS LAST, role"""


def _went(chain: Chain, until: str) -> dict[str, dict[str, Decimal]]:
    """Lot -> what went from it by another way than use: sampled, destroyed (waste too), missing, removed; in grams."""
    missing = ", ".join(str(number) for number, act in chain.acts.items() if act.name == "reported_missing") or "-1"
    lots = view(chain, "taken", LOT)
    found: dict[str, dict[str, Decimal]] = {}
    sql = f"""SELECT b.object_id, CASE WHEN b.col IN ('waste', 'destroyed') THEN 'destroyed' WHEN b.col = 'sampled' THEN
            'sampled' WHEN t.kind IN ({missing}) THEN 'missing' ELSE 'removed' END AS went, -sum(b.grams)
        FROM book b JOIN (SELECT DISTINCT object_id, event_id, kind FROM {lots}) t USING (object_id, event_id)
        WHERE b.time <= TIMESTAMP {text(until)} AND b.grams < 0
            AND b.col IN ('waste', 'destroyed', 'sampled', 'corrected')
        GROUP BY ALL ORDER BY ALL"""
    for lot, column, grams in rows(chain.database, sql):
        found.setdefault(lot, {})[column] = grams
    return found


def _whereabouts(chain: Chain, until: str) -> dict[str, Place]:
    """Lot, or package that was used again -> its last site and its product."""
    both = (
        f"SELECT object_id, place, time, recorded, event_id FROM {view(chain, 'taken', LOT)} UNION ALL "
        f"SELECT object_id, place, time, recorded, event_id FROM {view(chain, 'taken', PACKAGE)} "
        "WHERE object_id IN (SELECT object_id FROM repacked)"
    )
    sql = f"""SELECT t.object_id, arg_max(t.place, (t.time, coalesce(t.recorded, t.time), t.event_id)),
            coalesce(any_value(m.product), '?') FROM ({both}) t LEFT JOIN made m USING (object_id)
        WHERE t.place IS NOT NULL AND t.time <= TIMESTAMP {text(until)} GROUP BY t.object_id"""
    return {thing: (site, product) for thing, site, product in rows(chain.database, sql)}


def _ends(chain: Chain, until: str) -> str:
    """SQL: (object_id, site, state) of every package by its last act until the moment."""
    states = ", ".join(
        f"({n}, {text(_STATES.get(act.state, act.state))})" for n, act in chain.acts.items() if act.state
    )
    return f"""WITH state_of AS (FROM (VALUES {states or "(-1, 'unknown')"}) AS v(kind, state)),
        acts AS (SELECT t.object_id, t.place, t.time, t.recorded, t.event_id,
            CASE t.role WHEN 'input' THEN 'used' WHEN 'output' THEN 'in_stock' ELSE s.state END AS state
            FROM {view(chain, "taken", PACKAGE)} t LEFT JOIN state_of s USING (kind)
            WHERE t.time <= TIMESTAMP {text(until)} AND (t.role IN ('input', 'output', 'epc')))
        SELECT object_id, last.place AS site, coalesce(last.state, 'unknown') AS state FROM (
            SELECT object_id, arg_max({{'place': place, 'state': state}}, (time, coalesce(recorded, time), event_id))
                FILTER (state IS NOT NULL) AS last FROM acts GROUP BY object_id)"""


def _ended(chain: Chain, density: dict[str, Decimal]) -> list[tuple[str | None, str, str, Decimal]]:
    """(site, product, state, grams of harvest) of the packages that nobody used again."""
    rows(chain.database, "CREATE OR REPLACE TEMP TABLE density (event_id VARCHAR, each DECIMAL(38,12))")
    fill(chain.database, "density", [(event, each.quantize(_KEPT)) for event, each in sorted(density.items())])
    return rows(
        chain.database,
        f"""SELECT e.site, m.product, e.state, sum(m.grams::DECIMAL(18,6) * d.each)::DECIMAL(38,12)
        FROM {view(chain, "makers", PACKAGE)} k JOIN density d USING (event_id) JOIN made m USING (object_id)
            JOIN ends e USING (object_id) WHERE m.grams > 0 AND object_id NOT IN (SELECT object_id FROM repacked)
        GROUP BY ALL ORDER BY ALL""",
    )


def _lines(found: dict[Place, Sums]) -> list[AccountedLine]:
    lines = [
        AccountedLine(site, product, **{word: round(grams, 3) for word, grams in sorted(sums.items())})
        for (site, product), sums in found.items()
        if any(sums.values())
    ]
    return sorted(lines, key=lambda line: (line.site or "", line.product))
