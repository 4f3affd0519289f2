"""The stage for planted cases: honest helpers to set a case up, so that a planter writes only what is wrong.

Rule: every case has plants, lots and packages of its own, made by a grower that exists for this alone and that nobody
counts; so the honest chain stays what it was to the byte, and a case cannot repair or spoil another. A case ends before
the week's count, or leaves nothing in a shop. Source: the issue on simulation (plantable violations with a truth file).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from scherp.simulation import acts
from scherp.simulation.acts import Act, Mass, Way
from scherp.simulation.clock import HOUR, at, utc_text
from scherp.simulation.goods import Lot, Numbering, Package, label, varieties_of
from scherp.simulation.journal import Journal
from scherp.simulation.parties import Cast, Party
from scherp.simulation.selling import Shop

_START = 500_000  # numbers of staged things, far from those of honest ones
_PASSED: dict[str, float] = {
    "thc": 15.0,
    "cbd": 0.4,
    "microbial": 20_000,
    "aflatoxin": 0.3,
    "metals": 0.05,
    "pesticides": 0.0,
}
_FAILED = _PASSED | {"microbial": 2_500_000}


class Planted(msgspec.Struct):
    """One planted violation. objects, events: what it is about and the events that show it. moment: UTC. party: who did
    it. amount in unit, where there is one. says: what happened. also: other checks that rightly find the same case."""

    check: str
    objects: list[str]
    events: list[str]
    moment: str
    party: str
    says: str
    amount: float | None = None
    unit: str | None = None
    also: list[str] = []


@dataclass
class Stage:
    """Where planters work. week, monday: of the case being planted, and the ordinal of the week's first day."""

    journal: Journal
    cast: Cast
    shops: list[Shop]
    weeks: int
    week: int = 0
    case: int = 0
    check: str = ""
    rng: np.random.Generator = field(default_factory=np.random.default_rng)

    def __post_init__(self) -> None:
        assert self.cast.maker is not None, "a stage needs the staged parties"
        self.maker: Party = self.cast.maker
        self.numbers = Numbering(self.maker)
        self.numbers.start = _START

    @property
    def monday(self) -> int:
        return self.journal.first + 7 * self.week

    @property
    def closing(self) -> Party:
        """The shop with a closure."""
        return self.cast.staged_shops[-1]

    def shop(self, turn: int = 0) -> Party:
        """A staged shop that is always open; another one for another `turn`."""
        open_shops = self.cast.staged_shops[:-1]
        return open_shops[(self.case + turn) % len(open_shops)]

    def moment(self, weekday: int, hour: float) -> int:
        """A local clock time of the case's week; weekday 0 is its first day."""
        return at(self.monday + weekday, int(hour * HOUR) + self.case % 60)

    def in_hours(self, shop: Party, weekday: int, after: float) -> int:
        """`after` hours after the shop opens on that day."""
        return at(self.monday + weekday, shop.opens + int(after * HOUR) + self.case % 60)

    def add(self, party: Party, moment: int, act: Act, recorded: int | None = None) -> str:
        return self.journal.add(party, moment, act, staged=True, recorded=recorded)

    def truth(
        self, moment: int, party: Party, events: list[str], objects: list[str], says: str, **more: Any
    ) -> Planted:
        return Planted(self.check, objects, events, utc_text(moment), party.party, says, **more)

    # The honest steps.

    def plants(self, count: int = 2) -> list[str]:
        """Registered plants, alive since the first day of the growers."""
        made = self.numbers.plants(count)
        act = acts.plant_registered(self.maker, made, varieties_of(self.maker.number)[0].name)
        self.add(self.maker, at(self.journal.first - 21, 8 * HOUR + self.case), act)
        return made

    def wet(self, grams: int = 2000) -> Lot:
        """A wet lot, harvested on the second day of the growers from plants of its own."""
        lot = Lot(self.numbers.lot("wet"), "wet", varieties_of(self.maker.number)[0], grams * 1000)
        mass = Mass(lot.id, lot.amount, "KGM")
        self.add(self.maker, at(self.journal.first - 20, 10 * HOUR), acts.harvested(self.maker, self.plants(), mass))
        return lot

    def dry(self, grams: int = 200) -> Lot:
        """A dry lot without a test, from plants of its own."""
        wet = self.wet(grams * 9 // 2)
        lot = Lot(self.numbers.lot("dry"), "dry", wet.variety, grams * 1000)
        act = acts.dried(self.maker, Mass(wet.id, wet.amount, "KGM"), [Mass(lot.id, lot.amount)])
        self.add(self.maker, at(self.journal.first - 12, 10 * HOUR), act)
        return lot

    def test(self, lot: Lot, passed: bool = True) -> str:
        """Sample and test a lot; the test's event."""
        self.add(self.maker, at(self.journal.first - 12, 11 * HOUR), acts.sampled(self.maker, Mass(lot.id, 5_000)))
        lot.amount -= 5_000
        lab = self.cast.labs[0]
        act = acts.tested(lab, lot.id, passed, _PASSED if passed else _FAILED)
        return self.add(lab, at(self.journal.first - 9, 12 * HOUR), act)

    def tested(self, grams: int = 200) -> Lot:
        """A dry lot with a passed test."""
        lot = self.dry(grams)
        self.test(lot)
        return lot

    def pack(
        self, lot: Lot, count: int, grams: float = 1, moment: int | None = None, trial: bool = False
    ) -> list[Package]:
        """Packages from a lot, packed before the period unless a moment is given."""
        return self.packing(lot, count, grams, moment, trial)[0]

    def packing(
        self, lot: Lot, count: int, grams: float = 1, moment: int | None = None, trial: bool = False
    ) -> tuple[list[Package], str]:
        """The same, with the event."""
        marked = label("flower", int(grams * 1000), lot.variety, trial)
        made = self.numbers.packages(marked, count)
        mass = Mass(lot.id, count * marked.weight)
        lot.amount -= mass.amount
        act = acts.packed(self.maker, [mass], epcs(made), marked)
        when = at(self.journal.first - 7, 10 * HOUR) if moment is None else moment
        return made, self.add(self.maker, when, act)

    def fresh(self, count: int = 1, grams: float = 1, trial: bool = False) -> list[Package]:
        """Honest packages in the maker's stock, from a lot of their own."""
        lot = self.tested(max(50, int(count * grams) + 10))
        return self.pack(lot, count, grams, trial=trial)

    def way(self, receiver: str, seal: str | None = None) -> Way:
        """A new delivery from the maker to a party."""
        number = self.numbers.document("desadv")
        document = acts.document_id(self.maker, "D", number)
        return Way(document, self.maker.party, receiver, self.cast.carriers[0], seal or f"Z{number:06}")

    def send(self, packages: list[Package], way: Way, moment: int) -> str:
        return self.add(self.maker, moment, acts.dispatched(self.maker, epcs(packages), way))

    def receive(self, shop: Party, packages: list[Package], way: Way, moment: int) -> str:
        return self.add(shop, moment, acts.received(shop, epcs(packages), way))

    def deliver(self, shop: Party, packages: list[Package], weekday: int) -> str:
        """Deliver honest packages on that day, an hour after the shop opens; the receipt's event."""
        way = self.way(shop.party)
        self.send(packages, way, self.moment(weekday, 7))
        return self.receive(shop, packages, way, self.in_hours(shop, weekday, 1))

    def delivered(
        self, shop: Party, count: int = 1, grams: float = 1, weekday: int = 1, trial: bool = False
    ) -> list[Package]:
        """Fresh packages, delivered on that day."""
        packages = self.fresh(count, grams, trial)
        self.deliver(shop, packages, weekday)
        return packages

    def sell(self, shop: Party, packages: list[Package], moment: int, recorded: int | None = None) -> str:
        basket = acts.document_id(shop, "K", self.numbers.document("pos"))
        return self.add(shop, moment, acts.sold(shop, epcs(packages), basket), recorded)

    def back(self, shop: Party, receiver: Party) -> Way:
        """A new return from a shop, with a carrier."""
        number = self.numbers.document("return")
        return Way(
            acts.document_id(shop, "R", number), shop.party, receiver.party, self.cast.carriers[0], f"R{number:06}"
        )


def epcs(packages: list[Package]) -> list[str]:
    """Their identifiers."""
    return [package.epc for package in packages]
