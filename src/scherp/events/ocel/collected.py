"""Faults of one document, collected while it is read.

Rule: a document is refused whole, with a sentence for each fault up to `CAP` and the number of the others. Once a
fault is known, reading goes on only to find the other ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from scherp.faults import Fault, Refused

CAP = 50


@dataclass
class Collected:
    """The faults found so far. shown: the name of the source. It is true as soon as there is one."""

    shown: str
    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    refused: Refused | None = None

    def __bool__(self) -> bool:
        return bool(self.faults)

    def add(self, where: str, what: str, remedy: str = "") -> None:
        """where: the place inside the document, such as `$.events[3].time`; "" for the document as a whole."""
        self.take(Fault(f"{self.shown}: {where}" if where else self.shown, what, remedy))

    def take(self, fault: Fault) -> None:
        if len(self.faults) < CAP:
            self.faults.append(fault)
        else:
            self.more += 1

    def refuse_if_any(self) -> None:
        if self.faults:
            more = [Fault(self.shown, f"and {self.more} more")] if self.more else []
            self.refused = Refused(self.faults + more)
            raise self.refused

    @contextmanager
    def until_the_end(self) -> Iterator[None]:
        """Whatever ends the reading, a broken document too, is refused together with what was found before."""
        try:
            yield
        except Refused as broken:
            if broken is self.refused:
                raise
            for fault in broken.faults:
                self.take(fault)
        self.refuse_if_any()
