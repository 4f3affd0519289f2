"""How a benchmark measures: each side alone in a fresh process, in turn, and the median of several turns.

Rule: a ratio compares two sides that ran in the same minutes on the same machine with the same data; a time alone says
nothing. A side runs in a process of its own, so that its peak memory (the operating system's count of resident memory)
is its own and nothing is warm that the other side does not have. Both sides get the same threads and memory limit. The
clock of a side starts after its imports; the whole process is timed besides. Processor time of all threads is printed
too: other work on the machine moves it less than the time on the clock. Source: the plan of the house, section 8;
the engine's decision 19.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GIB = 1 << 30
MIB = 1 << 20


@dataclass(frozen=True)
class Turn:
    """One turn of one side. seconds: of the measured part on the clock; processor: of all its threads (0 where a side
    does not say); whole: of its process on the clock; peak: MiB of resident memory."""

    seconds: float
    whole: float
    peak: float
    told: dict[str, Any] = field(default_factory=dict)
    processor: float = 0.0


@dataclass(frozen=True)
class Side:
    """All turns of one side; the figures are medians, peak is the highest. told: what the last turn said besides."""

    name: str
    turns: tuple[Turn, ...]

    @property
    def seconds(self) -> float:
        return statistics.median(turn.seconds for turn in self.turns)

    @property
    def processor(self) -> float:
        return statistics.median(turn.processor for turn in self.turns)

    @property
    def whole(self) -> float:
        return statistics.median(turn.whole for turn in self.turns)

    @property
    def peak(self) -> float:
        return max(turn.peak for turn in self.turns)

    @property
    def told(self) -> dict[str, Any]:
        return self.turns[-1].told

    def __str__(self) -> str:
        low, high = min(t.seconds for t in self.turns), max(t.seconds for t in self.turns)
        processor = f"   processor {self.processor:7.2f} s" if self.processor else ""
        return (
            f"{self.name:<34} {self.seconds:8.2f} s  ({low:.2f} to {high:.2f}){processor}   "
            f"whole process {self.whole:7.2f} s   peak {self.peak:6.0f} MiB"
        )


@dataclass
class Clock:
    """What the body of `with clock() as measured` took: seconds on the clock, and of the processor."""

    seconds: float = 0.0
    processor: float = 0.0


@contextmanager
def clock() -> Iterator[Clock]:
    """Measure the body of a with statement."""
    measured = Clock()
    begun, used = time.perf_counter(), time.process_time()
    yield measured
    measured.seconds, measured.processor = time.perf_counter() - begun, time.process_time() - used


def machine() -> str:
    """The machine as far as it matters: its cores and its memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{os.cpu_count()} cores, {memory / GIB:.0f} GiB"


def heading(question: str, *lines: str) -> None:
    """The first lines of a benchmark: what is compared, what counts, and on what."""
    import duckdb

    import scherp

    print(question)
    for line in lines:
        print(f"  {line}")
    print(
        f"  {machine()}; Python {platform.python_version()}, DuckDB {duckdb.__version__}, Scherp {scherp.__version__}"
    )


def options(about: str, rounds: int, **sizes: int) -> argparse.ArgumentParser:
    """The options that all benchmarks share: sizes with their defaults, --rounds, and --data to keep the data."""
    parser = argparse.ArgumentParser(description=about.strip().splitlines()[0])
    for size, default in sizes.items():
        parser.add_argument(f"--{size}", type=int, default=default, help=f"default {default:,}")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"turns of each side (default {rounds})")
    parser.add_argument("--data", type=Path, help="keep the data here and use them again (default: a temporary folder)")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--given", default="{}", help=argparse.SUPPRESS)
    return parser


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """The folder of the data: the one to keep, or a temporary one."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="scherp-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def alone(script: str, side: str, given: dict[str, Any], python: str = sys.executable) -> Turn:
    """Run one side of `script` in a process of its own and hear what it measured."""
    begun = time.perf_counter()
    done = subprocess.run(
        [python, script, "--side", side, "--given", json.dumps(given, default=str)], stdout=subprocess.PIPE, check=True
    )
    whole = time.perf_counter() - begun
    said = json.loads(done.stdout.splitlines()[-1])
    return Turn(said.pop("seconds"), whole, said.pop("peak"), said, said.pop("processor", 0.0))


def in_turn(script: str, sides: Sequence[str], given: dict[str, Any], rounds: int) -> list[Side]:
    """Every side `rounds` times, one after the other and round again; each in its own process."""
    turns: dict[str, list[Turn]] = {side: [] for side in sides}
    for number in range(rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            turns[side].append(alone(script, side, given))
    return [Side(side, tuple(found)) for side, found in turns.items()]


def side_of(arguments: argparse.Namespace, sides: dict[str, Callable[..., dict[str, Any]]]) -> bool:
    """In the process of a side: run it, say what it measured, and be done (True). Each side returns its `seconds`."""
    if arguments.side is None:
        return False
    said = sides[arguments.side](**json.loads(arguments.given))
    print(json.dumps({"seconds": 0.0, **said, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    return True


def compared(one: Side, other: Side) -> str:
    """The ratio of two sides on the clock, of the processor, and of whole processes, as words."""
    used = f"processor {one.processor / other.processor:.2f}, " if other.processor else ""
    return f"on the clock {one.seconds / other.seconds:.2f}, {used}whole process {one.whole / other.whole:.2f}"


def verdict(ratio: float, goal: float, at_most: bool = True) -> str:
    """The ratio against its goal, as one sentence."""
    reached = ratio <= goal if at_most else ratio >= goal
    sign = "at most" if at_most else "at least"
    return f"{ratio:.2f} (goal: {sign} {goal:g}; {'reached' if reached else 'MISSED'})"
