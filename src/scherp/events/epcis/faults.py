"""The faults of a document's events, collected: every event is looked at, the list is cut at fifty sentences.

Rule: each fault names the document, the number of the event (from 1) and the field. Source: the house's rule that a
refused document lists all that is wrong with it, and that a list nobody can read helps nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scherp.faults import Fault, Refused

LIMIT = 50


@dataclass
class Found:
    """What was found so far in the document `shown`; `number` is the event that is being read."""

    shown: str
    number: int = 0
    faults: list[Fault] = field(default_factory=list)
    more: int = 0

    def add(self, place: str, what: str, remedy: str = "") -> None:
        """A fault of the event that is being read, in its field `place`."""
        where = f"{self.shown}: event {self.number}" + (f", {place}" if place else "")
        self.add_fault(Fault(where, what, remedy))

    def add_fault(self, fault: Fault) -> None:
        if len(self.faults) < LIMIT:
            self.faults.append(fault)
        else:
            self.more += 1

    def __bool__(self) -> bool:
        return bool(self.faults)

    def refuse(self) -> None:
        """Raise `Refused` with all of them, if there are any."""
        if self.faults:
            rest = [Fault(self.shown, f"and {self.more} more")] if self.more else []
            raise Refused([*self.faults, *rest])
