"""The permit log and the store made from it, once for all turns of a benchmark.

Rule: data are made in a process of their own, so that the memory of a side is its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measuring.log import write_log
from measuring.permits import MAPPING
from scherp.events.intake import take_in
from scherp.events.manifest import is_store
from scherp.events.mapping import parse_mapping
from scherp.events.sources import find_sources
from scherp.faults import Refused

AS_OF = "2024-06-01 00:00:00"  # after the last event


def permit_store(folder: Path, cases: int) -> tuple[Path, Path]:
    """The Parquet log and the store of so many cases, in `folder`; made where they are not there yet."""
    log, store = folder / f"log-{cases}.parquet", folder / f"store-{cases}"
    if not is_store(store):
        subprocess.run([sys.executable, __file__, str(log), str(store), str(cases)], check=True)
    return log, store


def _make(log: Path, store: Path, cases: int) -> None:
    write_log(log, cases)
    outcome = take_in(store, find_sources([log]), parse_mapping(MAPPING, "mapping"))
    if outcome.faults:
        raise Refused(outcome.faults)


if __name__ == "__main__":
    _make(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
