"""What goes through the chain: packages, lots and varieties, and the identifiers they get.

Rule: an identifier says who made the thing and nothing about what it is worth to an attacker of the check; numbers run
per maker. A package weighs what its label says. Source: the profile of the closed chain (identifiers); the reference
model of accountancy, 3.1 (drying ratios and their spread).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from scherp.simulation.acts import Label
from scherp.simulation.parties import Party

ITEM = {"wet": 10, "dry": 20, "trim": 30, "hash": 40, "joint": 50, "spent": 60}
"""The kind of a lot -> its item number."""
_PRODUCT = {"flower": 100, "hash": 200, "joint": 300}
_NAMES = (
    "Avondrood", "Bergmist", "Citroenbries", "Dennenroot", "Eikenmos", "Fluweelblad", "Goudregenboog", "Heidegloed",
    "Iepenwaas", "Jeneverpluim", "Klavermaan", "Lindezoet",
)  # fmt: skip


class Package(NamedTuple):
    """One package: its identifier, its label and the party that packed it."""

    epc: str
    label: Label
    grower: Party

    @property
    def shelf(self) -> tuple[str, int, bool]:
        """What an order chooses by: product, milligrams, trial."""
        return (self.label.product, self.label.weight, self.label.trial)


@dataclass(frozen=True)
class Variety:
    """dry: the share of the wet mass that is left after drying. per_plant: dry milligrams. thc, cbd: per cent."""

    name: str
    dry: float
    per_plant: int
    thc: float
    cbd: float


@dataclass
class Lot:
    """A lot in the vault. amount: milligrams that are left. kind: a key of ITEM."""

    id: str
    kind: str
    variety: Variety
    amount: int


@dataclass
class Numbering:
    """The identifiers that one maker hands out. counts: how many of each kind. start: the number to count from."""

    maker: Party
    counts: Counter[str] = field(default_factory=Counter)
    start: int = 0

    def plants(self, count: int) -> list[str]:
        return [f"urn:epc:id:giai:{self.maker.prefix}.P{self._next('plants'):08}" for _ in range(count)]

    def lot(self, kind: str) -> str:
        return f"urn:epc:class:lgtin:{self.maker.prefix}.{ITEM[kind]:06}.L{self._next('lots'):06}"

    def packages(self, label: Label, count: int) -> list[Package]:
        item = _PRODUCT[label.product] + label.weight // 500
        head = f"urn:epc:id:sgtin:{self.maker.prefix}.{item:06}."
        return [Package(f"{head}{self._next('packages'):09}", label, self.maker) for _ in range(count)]

    def document(self, kind: str) -> int:
        return self._next(kind)

    def _next(self, kind: str) -> int:
        self.counts[kind] += 1
        return self.start + self.counts[kind]


def varieties_of(number: int) -> list[Variety]:
    """The eight varieties of the grower with this number: the same for every seed, as a house's assortment is."""
    found = []
    for place in range(8):
        turn = (number * 5 + place) % len(_NAMES)
        found.append(
            Variety(
                name=_NAMES[turn],
                dry=0.20 + 0.005 * turn,
                per_plant=24_000 + 1_000 * turn,
                thc=round(12 + 0.9 * turn, 1),
                cbd=round(0.2 + 0.15 * (turn % 4), 2),
            )
        )
    return found


def label(product: str, weight: int, variety: Variety, trial: bool = False) -> Label:
    """The label of a package of `weight` milligrams."""
    stronger = 2 if product == "hash" else 1
    return Label(product, weight, variety.name, round(variety.thc * stronger, 1), variety.cbd, trial)
