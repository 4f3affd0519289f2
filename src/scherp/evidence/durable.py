"""Files that are there whole or not at all, also after the power fails.

Rule: content goes to a file beside its final name, is synced to the disk, takes its name in one rename, and the folder
is synced. A proof that exists before what it proves has reached the disk would accuse an honest run.
Source: POSIX rename and fsync.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from scherp.faults import Fault, Refused


def part_name(name: str) -> str:
    """The name under which `name` is written before it is whole; what a crash may leave behind."""
    return f".{name}.part"


def write_whole(folder: Path, name: str, content: bytes) -> None:
    """Write `name` in `folder` in one step, in place of what was there. Refused where the disk does not take it."""
    part = folder / part_name(name)
    try:
        part.unlink(missing_ok=True)
        write_new(part, content, mode=0o644)
        part.replace(folder / name)
        sync(folder)
    except OSError as wrong:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Refused(Fault(name, f"cannot be written: {wrong.strerror or 'it fails'}")) from None


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that does not exist yet, readable from its first byte only as `mode` says. Raises OSError."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk. Raises OSError."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
