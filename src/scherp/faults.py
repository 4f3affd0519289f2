"""Faults: what is wrong with something that was handed in, as data.

Rule: bad input never ends in a traceback. Whoever reads input collects every fault it can find and raises one
`Refused` that carries them all; the command line prints a sentence for each and ends with exit code 1. A fault names
the place (a file, a line, a path in the document) and never repeats the content of another file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    where: the file and the place in it, such as `norms.yaml: $.norms[2].check` or `fines.csv: line 12`.
    what: the fault as a sentence, such as `'activty' is not a key of a mapping`.
    remedy: what to do about it, as a sentence; empty where the fault itself says so.
    """

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where}: {_full_stop(self.what)}"
        return f"{sentence} {_full_stop(self.remedy)}" if self.remedy else sentence


class Refused(Exception):  # noqa: N818 - it reads as what happened: raise Refused
    """The input is refused; `faults` says why. At least one fault, in the order of the input."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def _full_stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
