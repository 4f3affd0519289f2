"""The violations that can be planted: a table from the name of a check to its planter.

Rule: a planter sets up an honest case on the stage, writes the one thing that is wrong, and returns the record of
it. It adds to the chain and changes nothing in it; the one exception is `count_shortage`, which lets an honest count of
a staged shop miss a package. Source: the issue on simulation; the checks of the chain's facts, 8, and the invariants of
item accountancy, 4.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scherp.simulation.planting import growers, shops, transport
from scherp.simulation.stage import Planted, Stage

Planter = Callable[[Stage], Planted]
PLANTERS: dict[str, Planter] = {
    planter.__name__: planter for planter in (*shops.PLANTERS, *transport.PLANTERS, *growers.PLANTERS)
}
"""Name of the check -> its planter, in the order in which `all` plants them."""


def plant(stage: Stage, names: list[str], rng: np.random.Generator) -> list[Planted]:
    """Plant one case for each name, each in a week of its own choice; the truth, in the same order."""
    found = []
    for case, name in enumerate(names):
        stage.case, stage.check = case, name
        stage.week = int(rng.integers(stage.weeks))
        found.append(PLANTERS[name](stage))
    return found
