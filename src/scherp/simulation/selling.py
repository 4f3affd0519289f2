"""A shop: it receives, sells, counts, throws away and returns, each package at most once.

Rule: sales fall within opening hours and a basket weighs at most 5 g; what is in stock stays under the limit, by
ordering less; the count of Sunday after closing is the book of that minute. A difference found then is corrected at
once with a reason. Trial packages are never sold. Source: norms C02 to C06, C09, C10, C12, G21 of the chain's facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from scherp.simulation import acts
from scherp.simulation.agenda import Agenda
from scherp.simulation.clock import HOUR, at, day_of
from scherp.simulation.goods import Package
from scherp.simulation.journal import Journal
from scherp.simulation.parties import Party

BASKET = 5_000  # milligrams
_DAYS = (0.12, 0.12, 0.13, 0.14, 0.18, 0.18, 0.13)  # share of a week's sales, from its first day
_IN_BASKET = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
_FULL = 0.75  # of the stock limit: up to here a shop orders
_VOIDED, _WASTE, _MISSING, _UNSCANNED = 0.004, 0.15, 0.005, 0.03
"""Chance that a sale is voided; that a shop has waste, a theft, or an unscanned sale in a week."""
Miscount = Callable[[str, list[str], int], None]
"""Told (event id, packages left out, moment) of a count that was planted too low."""


@dataclass
class Shop:
    """The state of one shop. weekly: packages that it sells in a week. expected: milligrams ordered or underway.

    miscounts: week -> who wants the count of that week to leave packages out.
    """

    party: Party
    journal: Journal
    destroyer: Party
    weekly: int
    noise: bool
    rng: np.random.Generator
    agenda: Agenda = field(default_factory=Agenda)
    stock: list[Package] = field(default_factory=list)
    trial: list[Package] = field(default_factory=list)
    held: int = 0
    expected: int = 0
    miscounts: dict[int, list[Miscount]] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    def is_open(self, day: int) -> bool:
        """Does the shop trade on this day? The day before a closure it only clears up."""
        closed = self.party.closed
        return closed is None or not closed[0] - 1 <= day < closed[1]

    def room(self) -> int:
        """Milligrams that may still be ordered."""
        return max(0, int((self.party.limit or 0) * _FULL) - self.held - self.expected)

    def take_in(self, packages: list[Package]) -> None:
        for package in packages:
            (self.trial if package.label.trial else self.stock).append(package)
            self.held += package.label.weight

    def begin_day(self, day: int, weekday: int) -> None:
        """Plan the sales of a day, from opening to closing, and the count after the week's last closing."""
        opens, closes = self.party.opens, self.party.closes
        wanted = int(self.rng.poisson(self.weekly * _DAYS[weekday] / np.mean(_IN_BASKET)))
        seconds = np.sort(self.rng.integers(opens + 120, closes - 1200, wanted)).tolist()
        sizes = self.rng.integers(len(_IN_BASKET), size=wanted).tolist()
        for second, size in zip(seconds, sizes, strict=True):
            self.agenda.plan(at(day, second), partial(self._sell, _IN_BASKET[size]))
        if weekday == 1 and self.rng.random() < _WASTE:
            self.agenda.plan(at(day, opens + HOUR), self._throw_away)
        if weekday == 3 and self.trial:
            self.agenda.plan(at(day, opens + 2 * HOUR), self._end_trial)
        if weekday == 5 and self.rng.random() < _MISSING:
            self.agenda.plan(at(day, opens + 3 * HOUR), self._report_missing)
        if weekday == 6:
            self.agenda.plan(at(day, closes + 300), self._count)

    def _sell(self, size: int, moment: int) -> None:
        chosen: list[Package] = []
        weight = 0
        while self.stock and len(chosen) < size:
            package = self._draw()
            if weight + package.label.weight > BASKET:
                self.stock.append(package)
                break
            chosen.append(package)
            weight += package.label.weight
        if not chosen:
            return
        self.held -= weight
        basket = acts.document_id(self.party, "K", self.next_number("basket"))
        names = [package.epc for package in chosen]
        self.add(moment, acts.sold(self.party, names, basket))
        if self.rng.random() < _VOIDED:
            self.agenda.plan(moment + int(self.rng.integers(60, 900)), partial(self._void, chosen, basket))

    def _void(self, packages: list[Package], basket: str, moment: int) -> None:
        self.add(moment, acts.sale_voided(self.party, [package.epc for package in packages], basket))
        self.take_in(packages)

    def _throw_away(self, moment: int) -> None:
        """A torn package: waste now, destroyed two days later, before the week's count."""
        if self.stock:
            torn = self._draw()
            self.add(moment, acts.waste_registered(self.party, [torn.epc]))
            later = at(day_of(moment) + 2, self.party.opens + HOUR)
            self.agenda.plan(later, partial(self._destroy, [torn]))

    def _end_trial(self, moment: int) -> None:
        ended, self.trial = self.trial, []
        self.add(moment, acts.waste_registered(self.party, [package.epc for package in ended]))
        self.agenda.plan(moment + 26 * HOUR, partial(self._destroy, ended))

    def _destroy(self, packages: list[Package], moment: int) -> None:
        self.held -= sum(package.label.weight for package in packages)
        names = [package.epc for package in packages]
        self.add(moment, acts.destroyed(self.party, names, [], self.destroyer))

    def _report_missing(self, moment: int) -> None:
        if self.stock:
            gone = self._draw()
            self.held -= gone.label.weight
            self.add(moment, acts.reported_missing(self.party, [gone.epc], "theft reported to the police"))

    def _count(self, moment: int) -> None:
        seen = [package.epc for package in (*self.stock, *self.trial)]
        differs = self.rng.random() < _UNSCANNED
        planted = self.miscounts.get((day_of(moment - 6 * HOUR) - self.journal.first) // 7)
        if planted:
            short, seen = seen[: len(planted)], seen[len(planted) :]
            event = self.journal.add(self.party, moment, acts.counted(self.party, seen), quiet=True)
            for left_out, package in zip(planted, short, strict=False):
                left_out(event, [package], moment)
            return
        unscanned = self._draw() if self.noise and self.stock and differs else None
        if unscanned:  # it left the shop without a scan, and nobody knew until now
            seen.remove(unscanned.epc)
            self.held -= unscanned.label.weight
        self.add(moment, acts.counted(self.party, seen))
        if unscanned:
            reason = "handed over without a scan, found at the count"
            self.add(moment + 420, acts.corrected(self.party, [unscanned.epc], "DELETE", reason))

    def return_some(self) -> list[Package]:
        """Take one to three packages out of stock, to be returned."""
        return self._give_up([self._draw() for _ in range(min(len(self.stock), 1 + int(self.rng.integers(3))))])

    def clear(self) -> list[Package]:
        """Take everything out of stock, before a closure."""
        everything = [*self.stock, *self.trial]
        self.stock, self.trial = [], []
        return self._give_up(everything)

    def _give_up(self, packages: list[Package]) -> list[Package]:
        self.held -= sum(package.label.weight for package in packages)
        return packages

    def _draw(self) -> Package:
        """Some package of the stock, taken out of the list of what can be sold."""
        place = int(self.rng.integers(len(self.stock)))
        self.stock[place], self.stock[-1] = self.stock[-1], self.stock[place]
        return self.stock.pop()

    def next_number(self, kind: str) -> int:
        self.numbers[kind] += 1
        return self.numbers[kind]

    def add(self, moment: int, act: acts.Act) -> str:
        return self.journal.add(self.party, moment, act)
