"""What may be asked of a simulation, and where it may be written.

Rule: everything that is wrong with a request is said at once. A folder that holds other things than an earlier
simulation is left alone. Source: the house's rule that errors are data and nothing is overwritten that was not ours.
"""

from __future__ import annotations

import difflib
import shutil
from datetime import date
from pathlib import Path

import msgspec

from scherp.faults import Fault, Refused
from scherp.simulation.parties import MOST_SHOPS
from scherp.simulation.violations import PLANTERS

ALL = "all"
_OWN = {"chain", "truth.json", "simulation.json", "mapping.yaml"}
_LEAST_VOLUME, _MOST_SCALE, _MOST_WEEKS = 20, MOST_SHOPS // 79, 520


class Asked(msgspec.Struct, frozen=True):
    """A request; see `simulate_chain`."""

    seed: int
    weeks: int
    scale: float
    violations: tuple[str, ...]
    volume: int
    start: date


def check(asked: Asked) -> list[str]:
    """The names of the violations to plant, in order; Refused with all that is wrong."""
    faults = []
    if asked.seed < 0:
        faults.append(Fault("seed", f"{asked.seed} is below zero", "Give a whole number from 0"))
    if not 1 <= asked.weeks <= _MOST_WEEKS:
        faults.append(Fault("weeks", f"{asked.weeks} is not between 1 and {_MOST_WEEKS}"))
    if not 0 < asked.scale <= _MOST_SCALE:
        faults.append(Fault("scale", f"{asked.scale} is not above 0 and at most {_MOST_SCALE}"))
    if asked.volume < _LEAST_VOLUME:
        faults.append(Fault("volume", f"{asked.volume} packages a week are fewer than {_LEAST_VOLUME}"))
    if not date(1990, 1, 1) <= asked.start <= date(2100, 1, 1):
        faults.append(Fault("start", f"{asked.start} is not between 1990 and 2100"))
    faults += [_unknown(name) for name in asked.violations if name != ALL and name not in PLANTERS]
    if faults:
        raise Refused(faults)
    return [each for name in asked.violations for each in (PLANTERS if name == ALL else (name,))]


def _unknown(name: str) -> Fault:
    near = difflib.get_close_matches(name, PLANTERS, 1)
    remedy = f"Did you mean {near[0]}?" if near else f"Write {ALL}, or one of {', '.join(PLANTERS)}"
    return Fault("violations", f"{name!r} is no violation that can be planted", remedy)


def prepare_folder(out: Path) -> None:
    """Make `out` an empty folder; an earlier simulation in it is removed. Refused where it holds anything else."""
    try:
        held = {path.name for path in out.iterdir()} if out.exists() else set()
        if held and not ("simulation.json" in held and held <= _OWN):
            remedy = "Name an empty folder, or one that holds an earlier simulation"
            raise Refused(Fault(out.name, "the folder holds other things than a simulation", remedy))
        for name in held:
            shutil.rmtree(out / name) if (out / name).is_dir() else (out / name).unlink()
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(Fault(out.name, f"the folder cannot be written ({type(error).__name__})")) from None
