"""An agenda: what a party will do, in the order of time. The engine of the discrete simulation.

Rule: what is planned for a moment is done at that moment, in the order of planning where two moments are equal; nothing
is ever planned in the past. So stock is what it is at each minute, and a count equals the book by construction.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

Deed = Callable[[int], None]
"""Something that is done at a moment, which it is given."""


@dataclass
class Agenda:
    """What is still to be done. now: the moment up to which everything was done."""

    now: int = -(2**62)
    _planned: list[tuple[int, int, Deed]] = field(default_factory=list)
    _number: int = 0

    def plan(self, moment: int, deed: Deed) -> None:
        """Do `deed` at `moment`, which has not yet passed."""
        if moment < self.now:
            raise ValueError("a deed cannot be planned in the past")
        heapq.heappush(self._planned, (moment, self._number, deed))
        self._number += 1

    def run_until(self, moment: int) -> None:
        """Do what is planned before `moment`, also what is planned meanwhile."""
        while self._planned and self._planned[0][0] < moment:
            self.now, _, deed = heapq.heappop(self._planned)
            deed(self.now)
        self.now = max(self.now, moment)
