"""The material balance: per site, product and period in grams, from the opening to the closing book and the count.

Rule: closing = opening + in - out - sampled - waste - destroyed + corrected, in exact decimals, and a period opens with
what the one before closed with. A transformation takes its inputs out and brings its outputs in; a dispatch is out and
a receipt is in at the site of the act; a sale is out, a voided sale in; a declared loss is a correction. A package
weighs the net weight that its packer stated. Waste that is destroyed later under the same lot or package goes once.
The count is the party's own last stocktaking of the period, set against the book at that moment, not at the end of the
period: difference = counted - book then. Periods are calendar periods on the clock of the zone. Source: the issue on
balance; item accountancy, points 9 and 11; the profile of the closed chain. What the scale cannot see (uncertainty)
comes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from scherp.accountancy.book import write_book
from scherp.accountancy.chain import Chain
from scherp.events.database import Row, rows, text
from scherp.events.instants import time_zone
from scherp.events.parts import stored
from scherp.faults import Fault, Refused

Period = Literal["month", "week"]
PERIODS: tuple[Period, ...] = ("month", "week")
COLUMNS = ("in", "out", "sampled", "waste", "destroyed", "corrected")


class Line(msgspec.Struct, frozen=True):
    """One site, one product, one period; amounts in grams. period: its first local day. party: of the site, by the
    register. out, sampled, waste and destroyed are what went, as positive amounts; corrected has a sign.

    counted, difference: of the last stocktaking in the period, at `counted_at` (UTC); None without one. unweighed: the
    number of packages and lots that moved without a stated weight, and so count as nothing.
    """

    party: str | None
    site: str | None
    product: str
    period: date
    opening: Decimal
    in_: Decimal = msgspec.field(name="in")
    out: Decimal
    sampled: Decimal
    waste: Decimal
    destroyed: Decimal
    corrected: Decimal
    closing: Decimal
    counted: Decimal | None = None
    difference: Decimal | None = None
    counted_at: datetime | None = None
    unweighed: int = 0

    @property
    def amounts(self) -> tuple[Decimal | None, ...]:
        """The amounts in the order of the book: opening, `COLUMNS`, closing, counted, difference."""
        moved = (self.in_, self.out, self.sampled, self.waste, self.destroyed, self.corrected)
        return (self.opening, *moved, self.closing, self.counted, self.difference)


@dataclass(frozen=True)
class Balance:
    """lines: by party, site, product and period, without gaps until the last period of the store. untimed: acts without
    a time, which no period can hold."""

    period: Period
    zone: str
    snapshot: int
    manifest_sha256: str
    untimed: int
    lines: list[Line]


def balance(chain: Chain, period: str = "month", zone: str = "Europe/Amsterdam") -> Balance:
    """The balance of a chain. Refused where the period is no month or week, or the zone is unknown."""
    if period not in PERIODS:
        remedy = f"Write {' or '.join(PERIODS)}"
        raise Refused(Fault("--period", f"{period!r} is no period of a balance", remedy))
    try:
        time_zone(zone)
    except ValueError as error:
        raise Refused(Fault("--zone", str(error))) from None
    write_book(chain)
    untimed = rows(chain.database, "SELECT count(*) FROM book WHERE time IS NULL")[0][0]
    counts: dict[tuple[str | None, str, date], Row] = {
        (site, product, start): tuple(rest) for site, product, start, *rest in _counts(chain, period, zone)
    }
    parties = _parties(chain)
    lines = [_line(row, counts, parties) for row in _sums(chain, period, zone)]
    lines.sort(key=lambda line: (line.party or "", line.site or "", line.product, line.period))
    kept: Period = "week" if period == "week" else "month"
    return Balance(kept, zone, chain.manifest.number, chain.sha256, untimed, lines)


def _sums(chain: Chain, period: Period | str, zone: str) -> list[Row]:
    """(site, product, period, in, out, sampled, waste, destroyed, corrected, closing, unweighed), gaps filled."""
    # The book holds what an act does with its sign: what goes is negative.
    added = ", ".join(
        f"coalesce(sum(grams) FILTER (col = {text(column)}), 0)::DECIMAL(38,6) AS {_sql(column)}" for column in COLUMNS
    )
    start = _start_of("time", period, zone)
    return rows(
        chain.database,
        f"""WITH moved AS (SELECT site, product, {start} AS period, {added},
                count(*) FILTER (grams IS NULL) AS unweighed FROM
                (FROM book UNION ALL BY NAME SELECT site, product, time, 'counted' AS col, 0 AS grams FROM counted)
                WHERE time IS NOT NULL GROUP BY ALL),
            spans AS (SELECT site, product, min(period) AS first FROM moved GROUP BY ALL),
            grid AS (SELECT site, product, unnest(generate_series(first::TIMESTAMP,
                (SELECT max(period) FROM moved)::TIMESTAMP, INTERVAL 1 {period}))::DATE AS period FROM spans),
            filled AS (SELECT g.site, g.product, g.period, {
            ", ".join(f"coalesce({_sql(c)}, 0) AS {_sql(c)}" for c in COLUMNS)
        }, coalesce(unweighed, 0) AS unweighed FROM grid g LEFT JOIN moved m
                ON m.site IS NOT DISTINCT FROM g.site AND m.product = g.product AND m.period = g.period)
        SELECT site, product, period, {", ".join(map(_sql, COLUMNS))},
            (sum({" + ".join(map(_sql, COLUMNS))}) OVER (PARTITION BY site, product ORDER BY period
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))::DECIMAL(38,6), unweighed FROM filled""",
    )


def _counts(chain: Chain, period: Period | str, zone: str) -> list[Row]:
    """(site, product, period, counted, book then, moment) of the last stocktaking in each period.

    A stocktaking is everything that is counted at a site on one local day; an object seen twice counts as last seen.
    What the book has of other products at that site and the count does not name was not counted.
    """
    day = _start_of("time", "day", zone)
    return rows(
        chain.database,
        f"""WITH seen AS (SELECT site, product, {day} AS day, object_id, arg_max(grams, (time, event_id)) AS grams,
                max(time) AS time FROM counted WHERE time IS NOT NULL GROUP BY site, product, day, object_id),
            days AS (SELECT site, product, day, sum(coalesce(grams, 0))::DECIMAL(38,6) AS counted, max(time) AS time
                FROM seen GROUP BY site, product, day),
            lasts AS (SELECT site, product, date_trunc('{period}', day)::DATE AS period,
                arg_max(counted, day) AS counted, max(time) AS time FROM days GROUP BY site, product, period)
        SELECT l.site, l.product, l.period, l.counted, coalesce(sum(b.grams), 0)::DECIMAL(38,6), l.time
        FROM lasts l LEFT JOIN book b ON b.site IS NOT DISTINCT FROM l.site AND b.product = l.product
            AND b.time <= l.time
        GROUP BY l.site, l.product, l.period, l.counted, l.time""",
    )


def _line(row: Row, counts: dict[tuple[str | None, str, date], Row], parties: dict[str, str]) -> Line:
    site, product, start, into, out, sampled, waste, destroyed, corrected, closing, unweighed = row
    counted, book, moment = counts.get((site, product, start), (None, None, None))
    opening = closing - into - out - sampled - waste - destroyed - corrected
    return Line(
        parties.get(site),
        site,
        product,
        start,
        opening,
        into,
        -out,
        -sampled,
        -waste,
        -destroyed,
        corrected,
        closing,
        counted,
        None if counted is None else counted - book,
        moment,
        unweighed,
    )


def _parties(chain: Chain) -> dict[str, str]:
    """Site -> party, as the register of the store has it."""
    kind = chain.manifest.object_type("site")
    column = next((a.column for a in kind.attributes if a.name == "party"), None) if kind else None
    if column is None:
        return {}
    columns = {"object_id": "VARCHAR", column: "VARCHAR"}
    return dict(rows(chain.database, f"FROM {stored(chain.store, chain.manifest, 'objects', columns, 'site')}"))


def _start_of(moment: str, period: str, zone: str) -> str:
    """SQL: the first local day of the period that a UTC timestamp lies in."""
    return f"date_trunc('{period}', {moment} AT TIME ZONE 'UTC' AT TIME ZONE {text(zone)})::DATE"


def _sql(column: str) -> str:
    return f"c_{column}"
