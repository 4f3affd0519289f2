"""Settings: from the environment, else from one `scherp.toml` in the working folder, never from code.

Rule: a variable SCHERP_NAME wins over `name` under `[engine]` in the file. Secrets (the key of pseudonyms, a passphrase)
come from the environment alone. A setting that cannot be read is refused with a sentence. Source: the plan of the house,
section 5.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scherp.faults import Fault, Refused

_FILE = "scherp.toml"
_MEMORY = re.compile(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """memory: what the database may use, such as `4GB` (None: a share of the machine's). threads: how many it may use
    (None: all)."""

    memory: str | None = None
    threads: int | None = None


def read_settings(folder: Path | None = None) -> Settings:
    """The settings that hold in this folder (default: the working folder); Refused with every fault."""
    path = (folder or Path()) / _FILE
    engine = _engine_table(path) if path.is_file() else {}
    faults = [
        Fault(f"{_FILE}: engine.{key}", f"{key!r} is no setting", "The settings are memory and threads")
        for key in engine
        if key not in ("memory", "threads")
    ]
    memory = os.environ.get("SCHERP_MEMORY") or engine.get("memory")
    threads = os.environ.get("SCHERP_THREADS") or engine.get("threads")
    if memory is not None and not (isinstance(memory, str) and _MEMORY.fullmatch(memory)):
        faults.append(Fault("memory", f"{memory!r} is no amount of memory", "Write it as 4GB"))
    if threads is not None and not (str(threads).isdecimal() and 0 < int(threads) < 1024):
        faults.append(Fault("threads", f"{threads!r} is no number of threads", "Write a whole number, such as 2"))
    if faults:
        raise Refused(faults)
    return Settings(memory, int(threads) if threads is not None else None)


def _engine_table(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Refused(Fault(_FILE, "the settings cannot be read", "Write them as TOML, under [engine]")) from None
    engine = document.get("engine", {})
    return engine if isinstance(engine, dict) else {}
