"""The simulation of a closed chain: growers, carriers, labs and shops, week by week, with a known truth.

Rule: the honest chain closes exactly, and what does not close was planted and stands in `truth.json`. Everything
follows from the seed. A week is written as soon as nothing more can happen in it, so that memory holds a few weeks
whatever the length. Growers begin three weeks before the period, so that shops sell from its first day. Source: the
profile of the closed chain; the rules of the field, 24; the reference model of accountancy, 3.1.

`OUT/chain` holds what an inspectorate would receive (`parties.csv` and the documents), `OUT/truth.json` the planted
violations, `OUT/simulation.json` how it was made, `OUT/mapping.yaml` the mark that the data are invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from scherp.simulation import acts
from scherp.simulation.asking import Asked, check, prepare_folder
from scherp.simulation.clock import HOUR, at, clock_changes, day_start
from scherp.simulation.growing import Grower
from scherp.simulation.journal import Journal
from scherp.simulation.parties import Cast, Party, make_cast, register
from scherp.simulation.selling import Shop
from scherp.simulation.stage import Planted, Stage
from scherp.simulation.transport import order, send_back
from scherp.simulation.violations import plant

WARM_UP = 3
"""Weeks before the period in which growers produce already."""
_MEAN = 1_450  # milligrams of an average package
_PLANT, _GROWER, _SHOP = 1, 2, 3  # streams of chance, one for each party
_RETURNS = 0.2


class Simulated(msgspec.Struct, frozen=True):
    """What was written. events: without duplicates. plants, lots, packages: without those of planted cases. noise: how
    often each kind of it came. planted: the truth."""

    events: int
    duplicates: int
    files: int
    parties: int
    plants: int
    lots: int
    packages: int
    noise: dict[str, int]
    planted: list[Planted]


@dataclass
class _World:
    cast: Cast
    journal: Journal
    growers: dict[str, Grower]
    shops: list[tuple[Shop, list[Grower]]]


def simulate_chain(  # noqa: PLR0913, PLR0917 - each is a choice of whoever simulates
    out: Path,
    seed: int,
    weeks: int = 12,
    scale: float = 1.0,
    violations: Sequence[str] | None = None,
    noise: bool = True,
    start: date = date(2025, 4, 14),
    volume: int = 60,
    packed: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Simulated:
    """Simulate `weeks` weeks from `start` into the folder `out`, which an earlier simulation may hold.

    scale: 1.0 is 10 growers and 79 shops. volume: packages that a shop sells in a week. violations: names of
    `scherp.simulation.violations.PLANTERS`, each as often as it is named; `["all"]` (or `"all"`) is each once; None
    leaves out the staged parties too. noise: honest noise. packed: gzip. Refused with all that is wrong.
    """
    asked_for = [violations] if isinstance(violations, str) else violations or ()
    asked = Asked(seed, weeks, scale, tuple(asked_for), volume, start)
    names = check(asked)
    prepare_folder(out)
    first = start.toordinal()
    closed = first + 7 * (weeks // 2) + 2
    cast = make_cast(scale, volume, None if violations is None else (closed, closed + 10))
    began = date.fromordinal(first - 7 * WARM_UP)
    (out / "chain").mkdir()
    (out / "chain" / "parties.csv").write_text(register(cast, began), encoding="utf-8")
    journal = Journal(out / "chain", seed, first, noise, packed)
    world = _build(cast, journal, seed, volume, noise)
    planted: list[Planted] = []
    if names:
        shops = [shop for shop, _ in world.shops if shop.party in cast.staged_shops]
        planted = plant(Stage(journal, cast, shops, weeks), names, np.random.default_rng([seed, _PLANT]))
    _clock_changes(world, weeks)
    for week in range(-WARM_UP, weeks):
        progress(f"week {week + 1} of {weeks}")
        _run_week(world, week)
    journal.write_before(None)
    return _finish(out, asked, noise, world, planted)


def _build(cast: Cast, journal: Journal, seed: int, volume: int, noise: bool) -> _World:
    """The growers and shops; three growers, or the two staged ones, supply each shop."""
    pairs: list[tuple[Party, list[Party]]] = []
    for shops, growers in ((cast.shops, cast.growers), (cast.staged_shops, cast.staged_growers)):
        several = min(3, len(growers))
        pairs += [
            (shop, [growers[(number + step * (len(growers) // several)) % len(growers)] for step in range(several)])
            for number, shop in enumerate(shops)
        ]
    asked: Counter[str] = Counter()
    for _, suppliers in pairs:
        asked.update({supplier.party: volume * _MEAN // len(suppliers) for supplier in suppliers})
    growers_by_id = {
        party.party: Grower(
            party, journal, cast.labs, cast.carriers, cast.destroyer, max(10_000, asked[party.party]),
            np.random.default_rng([seed, _GROWER, party.number]),
        )
        for party in (*cast.growers, *cast.staged_growers)
    }  # fmt: skip
    made = [
        (
            Shop(party, journal, cast.destroyer, volume, noise, np.random.default_rng([seed, _SHOP, party.number])),
            [growers_by_id[supplier.party] for supplier in suppliers],
        )
        for party, suppliers in pairs
    ]
    return _World(cast, journal, growers_by_id, made)


def _run_week(world: _World, week: int) -> None:
    monday = world.journal.first + 7 * week
    for grower in world.growers.values():
        grower.begin_week(week, monday, first=week == -WARM_UP)
    for weekday in range(7):
        day = monday + weekday
        for grower in world.growers.values():
            grower.agenda.run_until(day_start(day + 1))
        for shop, growers in world.shops:
            _plan_shop(world, shop, growers, day)
            # A shop's day ends at six in the morning: some are open past midnight.
            shop.agenda.run_until(at(day + 1, 6 * HOUR))
    world.journal.write_before(week + 1)


def _plan_shop(world: _World, shop: Shop, growers: list[Grower], day: int) -> None:
    """What a shop does on a day: order on the first and fourth of the week, trade, now and then return something."""
    week, weekday = divmod(day - world.journal.first, 7)
    closed = shop.party.closed
    if not shop.is_open(day):
        return
    if weekday in (0, 3) and week >= -1 and not (closed and closed[0] - 10 <= day < closed[1]):
        shop.agenda.plan(at(day, shop.party.opens + 1800), lambda now: order(shop, growers, now))
    if week < 0:
        return
    shop.begin_day(day, weekday)
    if weekday == 2 and shop.rng.random() < _RETURNS:
        shop.agenda.plan(
            at(day, shop.party.opens + 4 * HOUR),
            lambda now: send_back(shop, shop.return_some(), world.growers, now),
        )
    if closed and day == closed[0] - 2:
        shop.agenda.plan(
            at(day, shop.party.closes + 600), lambda now: send_back(shop, shop.clear(), world.growers, now)
        )


def _clock_changes(world: _World, weeks: int) -> None:
    """In a night with a clock change a grower's device registers a plant before it and one after it."""
    journal = world.journal
    grower = world.growers[world.cast.growers[0].party]
    for moment in clock_changes(journal.first - 7 * WARM_UP + 1, journal.first + 7 * weeks - 1):
        for when in (moment - 1200, moment + 1200):
            grower.agenda.plan(when, partial(_night_plant, grower))
            journal.counts["clock_change"] += 1


def _night_plant(grower: Grower, moment: int) -> None:
    act = acts.plant_registered(grower.party, grower.numbers.plants(1), grower.varieties[0].name)
    grower.journal.add(grower.party, moment, act | {"scherp:entry": "api", "scherp:device": "night-reader"})


def _finish(out: Path, asked: Asked, noise: bool, world: _World, planted: list[Planted]) -> Simulated:
    journal = world.journal
    counts = journal.counts
    numbers = [grower.numbers.counts for grower in world.growers.values()]
    done = Simulated(
        events=counts.pop("events"),
        duplicates=counts.pop("duplicates"),
        files=counts.pop("files"),
        parties=len(world.cast.everyone),
        plants=sum(number["plants"] for number in numbers),
        lots=sum(number["lots"] for number in numbers),
        packages=sum(number["packages"] for number in numbers),
        noise=dict(sorted(counts.items())),
        planted=planted,
    )
    about = {
        "fictief": True,
        "asked": asked,
        "noise": noise,
        "period": {
            "first": asked.start,
            "weeks": asked.weeks,
            "growers_from": date.fromordinal(journal.first - 7 * WARM_UP),
        },
        "counts": msgspec.structs.asdict(done) | {"planted": len(planted)},
        "outages": [{"party": name, "from": begin, "until": end} for name, begin, end in journal.outages],
    }
    _write_json(out / "simulation.json", about)
    _write_json(out / "truth.json", {"fictief": True, "planted": planted})
    (out / "mapping.yaml").write_text("synthetic: true\n", encoding="utf-8")
    return done


def _write_json(path: Path, content: object) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
