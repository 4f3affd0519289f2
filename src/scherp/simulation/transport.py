"""Orders and returns: what lies between a grower and a shop.

Rule: every order travels with a carrier under a document and a seal of its own and arrives within 96 hours; what the
shop refuses at the door goes back under the same document; a return goes to the grower that packed, under a document of
the shop. Source: norms G08, G09, T01, T02 and T03 of the chain's facts.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby

from scherp.simulation import acts
from scherp.simulation.acts import Way
from scherp.simulation.clock import HOUR, at, day_of
from scherp.simulation.goods import Package
from scherp.simulation.growing import Grower
from scherp.simulation.selling import Shop

_REFUSED = 0.01  # chance that a box is dented and one package in it refused
_DAYS_UNDERWAY = (0, 0, 0, 1, 1, 2)


def order(shop: Shop, growers: list[Grower], moment: int) -> None:
    """Ask the shop's growers for what fits under its limit; they send it on the next morning."""
    room = shop.room()
    for grower in growers:
        wanted = room // len(growers)
        if wanted < 5_000:
            continue
        shop.expected += wanted
        loading = at(day_of(moment) + 1, 7 * HOUR + int(grower.rng.integers(2 * HOUR)))
        grower.agenda.plan(loading, partial(_send, grower, shop, wanted))


def _send(grower: Grower, shop: Shop, wanted: int, moment: int) -> None:
    shop.expected -= wanted
    packages = grower.pick(wanted)
    if not packages:
        return
    carrier = grower.carriers[int(grower.rng.integers(len(grower.carriers)))]
    number = grower.numbers.document("desadv")
    document = acts.document_id(grower.party, "D", number)
    seal = f"Z{grower.party.number:03}{number:06}"
    way = Way(document, grower.party.party, shop.party.party, carrier, seal)
    grower.journal.add(grower.party, moment, acts.dispatched(grower.party, [p.epc for p in packages], way))
    shop.expected += sum(package.label.weight for package in packages)
    day = day_of(moment) + _DAYS_UNDERWAY[int(grower.rng.integers(len(_DAYS_UNDERWAY)))]
    arrival = at(day, shop.party.opens + HOUR + int(grower.rng.integers(4 * HOUR)))
    shop.agenda.plan(arrival, partial(_arrive, grower, shop, packages, way))


def _arrive(grower: Grower, shop: Shop, packages: list[Package], way: Way, moment: int) -> None:
    shop.expected -= sum(package.label.weight for package in packages)
    if len(packages) > 1 and shop.rng.random() < _REFUSED:
        dented = packages.pop()
        shop.add(moment, acts.refused(shop.party, [dented.epc], way))
        back = Way(way.document, shop.party.party, grower.party.party)
        day = day_of(moment) + 1
        day += (day - grower.journal.first) % 7 == 6  # not on the day of the count, for it would lie over it
        grower.agenda.plan(at(day, 11 * HOUR), partial(grower.take_back, [dented], back))
    shop.add(moment, acts.received(shop.party, [package.epc for package in packages], way))
    shop.take_in(packages)


def send_back(shop: Shop, packages: list[Package], growers: dict[str, Grower], moment: int) -> None:
    """Return packages, to each grower its own; a carrier brings them within two days."""
    for party, group in groupby(sorted(packages, key=lambda p: p.grower.party), key=lambda p: p.grower.party):
        grower, own = growers[party], list(group)
        document = acts.document_id(shop.party, "R", shop.next_number("return"))
        carrier = grower.carriers[int(shop.rng.integers(len(grower.carriers)))]
        seal = f"R{shop.party.number:03}{shop.next_number('seal'):06}"
        way = Way(document, shop.party.party, grower.party.party, carrier, seal)
        shop.add(moment, acts.return_dispatched(shop.party, [package.epc for package in own], way))
        arrival = at(day_of(moment) + 1 + int(shop.rng.integers(2)), 10 * HOUR + int(shop.rng.integers(4 * HOUR)))
        grower.agenda.plan(arrival, partial(grower.take_back, own, way))
