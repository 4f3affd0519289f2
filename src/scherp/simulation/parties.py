"""The parties of a simulated chain, and their register `parties.csv`.

Rule: names are invented and say so. Municipalities of honest shops are the ten that take part; a party with a planted
violation stands in an invented municipality, growers stand in none. Only Tilburg (11), Breda (8) and Voorne aan Zee (1)
have a known number of shops; the split of the others is made up. Source: the rules of the field, 24; the profile of the
closed chain (columns of the register).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import StringIO
from itertools import pairwise

from scherp.events.register import COLUMNS

_SHARES = {
    "Tilburg": 11, "Breda": 8, "Groningen": 9, "Maastricht": 9, "Nijmegen": 9, "Arnhem": 8, "Heerlen": 8, "Almere": 8,
    "Zaanstad": 8, "Voorne aan Zee": 1,
}  # fmt: skip
INVENTED = ("Fictiedam", "Verzonnerveen")
_WORDS = (
    "Zilverblad", "Nevelhof", "Maanbaken", "Kopervlinder", "Wolkenrand", "Sterrenkas", "Duinvonk", "Ijsvogelhoek",
    "Rietklank", "Amberpoort", "Lichtvaart", "Dauwkamer",
)  # fmt: skip
_HOURS = ((10, 22), (9, 23), (11, 24), (12, 22), (14, 25), (10, 20))
"""Opening hours by turns; 25 is 01:00 of the next day."""
_PREFIX = {"grower": 9521, "shop": 9522, "carrier": 9524, "lab": 9525, "destroyer": 9526}
_CALLED = {"grower": "teler", "shop": "shop", "carrier": "vervoerder", "lab": "lab", "destroyer": "verwerker"}
STAGED_FROM = 900
"""Numbers from here are parties in invented municipalities, where violations are planted."""
MOST_SHOPS = STAGED_FROM - 1


@dataclass(frozen=True)
class Party:
    """Who takes part. opens, closes: seconds after local midnight, closes may lie on the next day. limit: the stock
    limit in milligrams. closed: ordinals of the first closed day and of the day of reopening."""

    kind: str
    number: int
    municipality: str = ""
    opens: int = 0
    closes: int = 0
    limit: int | None = None
    closed: tuple[int, int] | None = None

    @cached_property
    def prefix(self) -> str:
        """The invented GS1 company prefix, in the range that GS1 keeps for examples."""
        return f"{_PREFIX[self.kind]}{self.number:03}"

    @cached_property
    def party(self) -> str:
        return f"urn:epc:id:pgln:{self.prefix}.00000"

    @cached_property
    def site(self) -> str:
        return f"urn:epc:id:sgln:{self.prefix}.00001.0"

    @cached_property
    def gln(self) -> str:
        return with_check_digit(f"{self.prefix}00000")

    @cached_property
    def folder(self) -> str:
        return f"{self.kind}-{self.number:03}"

    @cached_property
    def name(self) -> str:
        return f"Fictieve {_CALLED[self.kind]} {self.number} {_WORDS[self.number % len(_WORDS)]}"


def with_check_digit(digits: str) -> str:
    """`digits` followed by their GS1 check digit."""
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-weighed % 10}"


@dataclass(frozen=True)
class Cast:
    """All parties. The staged ones are a small chain of their own: growers and shops that deliver and sell like the
    others and among whom violations are planted; `maker` grows only what the planted cases need."""

    growers: list[Party]
    shops: list[Party]
    carriers: list[Party]
    labs: list[Party]
    destroyer: Party
    staged_growers: list[Party]
    staged_shops: list[Party]
    maker: Party | None

    @property
    def everyone(self) -> list[Party]:
        made = [self.maker] if self.maker else []
        staged = [*self.staged_growers, *made, *self.staged_shops]
        return [*self.growers, *self.shops, *staged, *self.carriers, *self.labs, self.destroyer]


def make_cast(scale: float, volume: int, closure: tuple[int, int] | None) -> Cast:
    """The parties at a scale of 1.0 for 10 growers and 79 shops. closure: the days in which the last staged shop is
    closed; None leaves the staged parties out."""
    places = _municipalities(max(2, round(79 * scale)))
    limit = stock_limit(volume)
    shops = [_shop(number, place, limit) for number, place in enumerate(places, 1)]
    staged = [_shop(STAGED_FROM + n, INVENTED[n % 2], limit) for n in range(1, 6)] if closure else []
    if closure:
        staged.append(_shop(STAGED_FROM + 6, INVENTED[0], limit, closure))
    several = max(1, round(2 * scale))
    return Cast(
        growers=[Party("grower", number) for number in range(1, max(2, round(10 * scale)) + 1)],
        shops=shops,
        carriers=[Party("carrier", number) for number in range(1, several + 1)],
        labs=[Party("lab", number) for number in range(1, several + 1)],
        destroyer=Party("destroyer", 1),
        staged_growers=[Party("grower", STAGED_FROM + n, INVENTED[0]) for n in (1, 2)] if closure else [],
        staged_shops=staged,
        maker=Party("grower", STAGED_FROM + 3, INVENTED[1]) if closure else None,
    )


def stock_limit(volume: int) -> int:
    """The stock limit in milligrams of a shop that sells `volume` packages a week: about two weeks' turnover."""
    return max(200, -(-volume * 3 // 50) * 50) * 1000


def register(cast: Cast, first: date) -> str:
    """The text of `parties.csv`; everybody is active from `first` on, a closed shop not during its closure."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for party in cast.everyone:
        for start, end in _periods(party, first):
            table.writerow(_row(party, start, end))
    return text.getvalue()


def _row(party: Party, start: date, end: date | None) -> list[str]:
    hours = [_clock(party.opens), _clock(party.closes)] if party.kind == "shop" else ["", ""]
    limit = str(party.limit // 1000) if party.limit is not None else ""
    dates = [start.isoformat(), end.isoformat() if end else ""]
    return [party.party, party.site, party.name, party.kind, party.municipality, *dates, limit, *hours]


def _periods(party: Party, first: date) -> list[tuple[date, date | None]]:
    if party.closed is None:
        return [(first, None)]
    return [(first, date.fromordinal(party.closed[0] - 1)), (date.fromordinal(party.closed[1]), None)]


def _clock(second: int) -> str:
    return f"{second // 3600 % 24:02}:{second // 60 % 60:02}"


def _shop(number: int, municipality: str, limit: int, closed: tuple[int, int] | None = None) -> Party:
    opens, closes = _HOURS[number % len(_HOURS)]
    return Party("shop", number, municipality, opens * 3600, closes * 3600, limit, closed)


def _municipalities(count: int) -> list[str]:
    """One municipality for each of `count` shops, in proportion to `_SHARES`."""
    total = sum(_SHARES.values())
    sums = [0]
    for share in _SHARES.values():
        sums.append(sums[-1] + share)
    ends = [round(count * part / total) for part in sums]
    return [name for name, (low, high) in zip(_SHARES, pairwise(ends), strict=True) for _ in range(high - low)]
