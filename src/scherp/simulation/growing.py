"""A grower: plants are registered, harvested, dried, tested, packed and sent, and what is lost is destroyed.

Rule: only registered living plants are harvested, once; a lot is packed only after its own passed test; what goes into
a step comes out of it to the milligram, save the water that drying takes; waste is destroyed with a witness within days
and never lies over a count. Source: norms G02, G03, G06, G07, G10, G14 and G16 of the chain's facts; the reference
model of accountancy, 3.1 (spread of the drying ratio: 4.5 % a batch, 1 % a room and week).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from scherp.simulation import acts
from scherp.simulation.acts import Mass
from scherp.simulation.agenda import Agenda
from scherp.simulation.clock import DAY, HOUR, at, day_of
from scherp.simulation.goods import Lot, Numbering, Package, Variety, label, varieties_of
from scherp.simulation.journal import Journal
from scherp.simulation.parties import Party

GROWTH = 9  # weeks between the registration of a plant and its harvest
_LINES = 3  # varieties harvested in a week
_SAMPLE = 5_000
_FAILS, _DOUBTED = 0.04, 0.05  # a doubted lot is blocked for some hours and then released
_BATCH, _ROOM = 0.045, 0.01  # relative standard deviations of the drying ratio
_SIZES = ((5_000, 0.20), (2_000, 0.35), (1_000, 0.45))  # milligrams, share of a lot's mass
_AT_ONCE = 500  # packages in one packing event
_SMALLEST = 40_000  # a rest below this is kept and mixed with the next of its variety
Shelf = tuple[str, int, bool]


@dataclass
class Grower:
    """The state of one grower. weekly: milligrams of dried product that its shops ask for in a week.

    plants: what lives, oldest first, by variety. vault: lots by id. shelves: packages by what an order chooses by.
    """

    party: Party
    journal: Journal
    labs: list[Party]
    carriers: list[Party]
    destroyer: Party
    weekly: int
    rng: np.random.Generator
    agenda: Agenda = field(default_factory=Agenda)
    plants: dict[str, deque[str]] = field(default_factory=dict)
    vault: dict[str, Lot] = field(default_factory=dict)
    shelves: dict[Shelf, deque[Package]] = field(default_factory=dict)
    trim: list[Lot] = field(default_factory=list)
    rests: dict[str, list[Lot]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = Numbering(self.party)
        self.varieties = varieties_of(self.party.number)

    def begin_week(self, week: int, monday: int, first: bool) -> None:
        """Plan a week of which `monday` is the first day; the first week also registers what grows already."""
        for ahead in range(GROWTH + 1) if first else (GROWTH,):
            for line in range(_LINES):
                self.agenda.plan(
                    at(monday, 9 * HOUR + 60 * line), partial(self._register, self._line(week + ahead, line))
                )
        for line in range(_LINES):
            moment = at(monday + 1, 9 * HOUR + int(self.rng.integers(6 * HOUR)))
            self.agenda.plan(moment, partial(self._harvest, self._line(week, line)))
        if week % 2:
            self.agenda.plan(at(monday + 2, 10 * HOUR), self._make_hash)
        self.agenda.plan(at(monday + 4, 10 * HOUR), self._mix_rests)  # the dust of this week has gone by then
        self.agenda.plan(at(monday + 6, 18 * HOUR), self._count)

    def _line(self, week: int, line: int) -> Variety:
        return self.varieties[(week * _LINES + line) % len(self.varieties)]

    def _register(self, variety: Variety, moment: int) -> None:
        needed = -(-int(self.weekly * 1.15) // (_LINES * variety.per_plant))
        plants = self.numbers.plants(max(2, needed) + 1)
        self._add(moment, acts.plant_registered(self.party, plants, variety.name))
        self.plants.setdefault(variety.name, deque()).extend(plants)

    def _harvest(self, variety: Variety, moment: int) -> None:
        alive = self.plants[variety.name]
        cut = [alive.popleft() for _ in range(max(2, -(-int(self.weekly * 1.15) // (_LINES * variety.per_plant))))]
        if self.rng.random() < 0.5:  # a sick plant, and the one that was sown in reserve for it
            self._add(moment - 1800, acts.plant_destroyed(self.party, [alive.popleft()], self.destroyer))
        grown = len(cut) * variety.per_plant / variety.dry * self.rng.normal(1, 0.05)
        wet = Lot(self.numbers.lot("wet"), "wet", variety, max(1, round(grown / 1_000_000 * 1000)) * 1000)
        self._keep(wet)
        self._add(moment, acts.harvested(self.party, cut, Mass(wet.id, wet.amount, "KGM")))
        ready = at(day_of(moment) + 7 + int(self.rng.integers(3)), int(self.rng.integers(DAY)))
        self.agenda.plan(ready, partial(self._dry, wet))

    def _dry(self, wet: Lot, moment: int) -> None:
        spread = self.rng.normal(1, _BATCH) * self.rng.normal(1, _ROOM)
        dry_mass = round(wet.amount * wet.variety.dry * spread / 100) * 100
        trim_mass = round(wet.amount * 0.03 / 100) * 100
        dry = Lot(self.numbers.lot("dry"), "dry", wet.variety, dry_mass)
        trim = Lot(self.numbers.lot("trim"), "trim", wet.variety, trim_mass)
        out = [Mass(dry.id, dry.amount), Mass(trim.id, trim.amount)]
        self._add(moment, acts.dried(self.party, Mass(wet.id, wet.amount, "KGM"), out))
        self._use(wet, wet.amount)
        self._keep(dry)
        self._keep(trim)
        self.trim.append(trim)
        self._to_lab(dry, moment, self._divide)

    def _to_lab(self, lot: Lot, moment: int, then: Callable[[Lot, int], None]) -> None:
        """Sample `lot` now, have it tested, and on the next Monday do `then` with it, or block and destroy it."""
        taken = min(_SAMPLE, lot.amount // 4)
        self._use(lot, taken)
        self._add(moment + 600, acts.sampled(self.party, Mass(lot.id, taken)))
        passed = bool(self.rng.random() >= _FAILS)
        day = day_of(moment) + 2 + int(self.rng.integers(2))
        tested = at(day, 9 * HOUR + int(self.rng.integers(7 * HOUR)))
        lab = self.labs[int(self.rng.integers(len(self.labs)))]
        act = acts.tested(lab, lot.id, passed, _results(lot.variety, passed, self.rng))
        self.agenda.plan(tested, lambda now: self._add(now, act, lab))
        monday = day + 1 + (self.journal.first - day - 1) % 7
        if not passed or self.rng.random() < _DOUBTED:
            self.agenda.plan(tested + 1200, lambda now: self._add(now, acts.blocked(self.party, lot.id)))
            if passed:
                self.agenda.plan(tested + 5 * HOUR, lambda now: self._add(now, acts.released(self.party, lot.id)))
        if passed:
            packing = at(monday + int(self.rng.integers(2)), 10 * HOUR + int(self.rng.integers(5 * HOUR)))
            self.agenda.plan(packing, partial(then, lot))
        else:
            self.agenda.plan(at(monday, 11 * HOUR), lambda now: self._throw_away(lot, lot.amount, now))

    def _divide(self, lot: Lot, moment: int) -> None:
        """Pack a tested lot: a part becomes joints, dust is thrown away, the rest goes into bags."""
        dust = lot.amount * 3 // 1000 // 100 * 100
        if dust:
            self._throw_away(lot, dust, moment)
        if lot.amount > 4 * _SMALLEST and self.rng.random() < 0.4:
            mix = Lot(self.numbers.lot("joint"), "joint", lot.variety, lot.amount // 5 // 500 * 500)
            into, out = Mass(lot.id, mix.amount), Mass(mix.id, mix.amount)
            self._use(lot, mix.amount)
            self._keep(mix)
            self._add(moment + 300, acts.processed(self.party, [into], [out], "joint"))
            self._to_lab(mix, moment + 900, partial(self._pack, "joint", 500))
        free = lot.amount - dust
        if self.rng.random() < 0.1 and free > _SMALLEST:
            self._pack_some(lot, moment + 1200, label("flower", 1_000, lot.variety, trial=True), 4)
            free -= 4_000
        for weight, share in _SIZES:
            count = int(free * share) // weight
            self._pack_some(lot, moment + 1800 + weight // 5, label("flower", weight, lot.variety), count)
        if lot.amount > dust:
            self.rests.setdefault(lot.variety.name, []).append(lot)

    def _pack(self, product: str, weight: int, lot: Lot, moment: int) -> None:
        self._pack_some(lot, moment, label(product, weight, lot.variety), lot.amount // weight)
        if lot.amount:
            self._throw_away(lot, lot.amount, moment + 1800)

    def _pack_some(self, lot: Lot, moment: int, marked: acts.Label, count: int) -> None:
        while count > 0:
            made = self.numbers.packages(marked, min(count, _AT_ONCE))
            mass = len(made) * marked.weight
            self._use(lot, mass)
            self._add(moment, acts.packed(self.party, [Mass(lot.id, mass)], [one.epc for one in made], marked))
            self.shelves.setdefault(made[0].shelf, deque()).extend(made)
            count, moment = count - len(made), moment + 120

    def _mix_rests(self, moment: int) -> None:
        """Two rests of one variety become one lot, which is tested by itself."""
        for name, rests in self.rests.items():
            left = [rest for rest in rests if rest.id in self.vault]
            self.rests[name] = []
            if len(left) < 2:
                self.rests[name] = left
                continue
            made = Lot(self.numbers.lot("dry"), "dry", left[0].variety, sum(rest.amount for rest in left))
            self._add(moment, acts.mixed(self.party, [Mass(r.id, r.amount) for r in left], Mass(made.id, made.amount)))
            for rest in left:
                self._use(rest, rest.amount)
            self._keep(made)
            self._to_lab(made, moment, partial(self._pack, "flower", 1_000))

    def _make_hash(self, moment: int) -> None:
        """All trim becomes hash (a tenth of it) and spent leaf, which is waste."""
        if not self.trim:
            return
        total = sum(lot.amount for lot in self.trim)
        made = Lot(self.numbers.lot("hash"), "hash", self.trim[0].variety, total // 10 // 100 * 100)
        spent = Lot(self.numbers.lot("spent"), "spent", self.trim[0].variety, total - made.amount)
        out = [Mass(made.id, made.amount), Mass(spent.id, spent.amount)]
        self._add(moment, acts.processed(self.party, [Mass(t.id, t.amount) for t in self.trim], out, "hash"))
        for lot in self.trim:
            self._use(lot, lot.amount)
        self.trim = []
        self._keep(made)
        self._keep(spent)
        self._throw_away(spent, spent.amount, moment + HOUR)
        self._to_lab(made, moment, partial(self._pack, "hash", 1_000))

    def _throw_away(self, lot: Lot, amount: int, moment: int) -> None:
        """Register waste of a lot now and destroy it two days later, before the week's count."""
        mass = Mass(lot.id, amount)
        self._add(moment, acts.waste_registered(self.party, [], [mass]))
        later = at(day_of(moment) + 2, 13 * HOUR + int(self.rng.integers(3 * HOUR)))

        def destroy(now: int) -> None:
            self._use(lot, amount)
            self._add(now, acts.destroyed(self.party, [], [mass], self.destroyer))

        self.agenda.plan(later, destroy)

    def take_back(self, packages: list[Package], way: acts.Way, moment: int) -> None:
        """What came back from a shop or was refused there: booked in, thrown away and destroyed on the next day."""
        names = [package.epc for package in packages]
        self._add(moment, acts.return_received(self.party, names, way))
        self._add(moment + HOUR, acts.waste_registered(self.party, names))
        later = at(day_of(moment) + 1, 12 * HOUR)
        act = acts.destroyed(self.party, names, [], self.destroyer)
        self.agenda.plan(later, lambda now: self._add(now, act))

    def pick(self, wanted: int) -> list[Package]:
        """Packages from the shelves, together at most `wanted` milligrams; the oldest of each kind first."""
        picked: list[Package] = []
        kinds = [kind for kind, shelf in self.shelves.items() if shelf]
        while kinds:
            kind = kinds[int(self.rng.integers(len(kinds)))]
            for _ in range(2 if kind[2] else 8):
                if not self.shelves[kind] or kind[1] > wanted:
                    kinds.remove(kind)
                    break
                picked.append(self.shelves[kind].popleft())
                wanted -= kind[1]
            else:
                if kind[2]:  # no more than a few trial packages in an order
                    kinds.remove(kind)
        return picked

    def _count(self, moment: int) -> None:
        lots = [Mass(lot.id, lot.amount) for lot in self.vault.values()]
        packages = [package.epc for shelf in self.shelves.values() for package in shelf]
        if lots or packages:
            self._add(moment, acts.counted(self.party, packages, lots))

    def _keep(self, lot: Lot) -> None:
        if lot.amount:
            self.vault[lot.id] = lot

    def _use(self, lot: Lot, amount: int) -> None:
        if amount > lot.amount:
            raise ValueError(f"{lot.id} does not hold {amount} mg")
        lot.amount -= amount
        if not lot.amount:
            self.vault.pop(lot.id, None)

    def _add(self, moment: int, act: acts.Act, party: Party | None = None) -> None:
        self.journal.add(party or self.party, moment, act)


def _results(variety: Variety, passed: bool, rng: np.random.Generator) -> dict[str, float]:
    """What a lab reports: per cent, colony-forming units per gram, micrograms per kilogram, milligrams per kilogram."""
    germs = int(rng.integers(1_000, 400_000)) if passed else int(rng.integers(1_100_000, 4_000_000))
    return {
        "thc": round(variety.thc * float(rng.normal(1, 0.02)), 2),
        "cbd": round(variety.cbd * float(rng.normal(1, 0.02)), 2),
        "microbial": germs,
        "aflatoxin": round(float(rng.uniform(0, 1.5)), 2),
        "metals": round(float(rng.uniform(0, 0.2)), 3),
        "pesticides": 0.0,
    }
