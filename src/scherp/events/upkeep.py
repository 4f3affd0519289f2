"""Upkeep of a store: its lock, and what an interrupted intake left behind.

Rule: the lock is the operating system's and is gone with the process that held it; what no manifest lists is swept
under it. A store is the only thing in its folder. Source: the engine's decision 2.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from scherp.events.manifest import Manifest, is_store, manifest_path, read_manifest, sync_file
from scherp.faults import Fault, Refused

_OWN = {
    "lock",
    "aside",
    "parts",
    "rejects",
    "current.new",
    "intake.json",
    "intake.json.new",
    manifest_path(Path(), 1).name,
}
_MANIFEST = re.compile(r"manifest-(\d{6,})\.json\Z")


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the operating system's lock on the store, which is made where it does not exist. Refused while another has it."""
    descriptor = _open_lock(store)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            what = "another intake is writing to this store"
            raise Refused(Fault(store.name, what, "Try again when it has ended")) from None
        yield
    finally:
        os.close(descriptor)


def _open_lock(store: Path) -> int:
    try:
        store.mkdir(parents=True, exist_ok=True)
        if not is_store(store) and any(path.name not in _OWN for path in store.iterdir()):
            what = "the folder holds other things and is no store"
            raise Refused(Fault(store.name, what, "Name an empty or a new folder after --into"))
        return os.open(store / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or "its name cannot be"
        raise Refused(Fault(store.name[:200], f"the store cannot be written ({why})", "Check the folder")) from None


def sweep(store: Path, manifest: Manifest) -> None:
    """Remove what an interrupted intake left: files that no manifest up to `manifest` lists, and a stale intake.json."""
    shutil.rmtree(store / "aside", ignore_errors=True)
    numbers = {int(m.group(1)): path for path in store.iterdir() if (m := _MANIFEST.match(path.name))}
    listed = {store / part.path for part in manifest.parts}
    for number, path in numbers.items():
        if number > manifest.number:
            path.unlink()
        elif number < manifest.number:
            listed |= {store / part.path for part in read_manifest(store, number)[0].parts}
    for path in (store / "parts").rglob("*.parquet"):
        if path not in listed:
            path.unlink()
    rejects = {intaken.rejects for intaken in manifest.intake}
    for path in (store / "rejects").glob("*"):
        if path.relative_to(store).as_posix() not in rejects:
            path.unlink()
    (store / "current.new").unlink(missing_ok=True)
    if manifest.number:
        write_intake_record(store, manifest)


def write_intake_record(store: Path, manifest: Manifest) -> None:
    """Leave a copy of the intake record beside the manifest, unless it is there."""
    path, content = store / "intake.json", intake_record(manifest)
    if path.is_file() and path.read_bytes() == content:
        return
    aside = store / "intake.json.new"
    aside.write_bytes(content)
    sync_file(aside)
    aside.rename(path)


def intake_record(manifest: Manifest) -> bytes:
    """intake.json: the manifest's own record of what was read, copied beside it for readers."""
    content = {"snapshot": manifest.number, "sources": manifest.intake, "attribute_conflicts": manifest.conflicts}
    return msgspec.json.format(msgspec.json.encode(content), indent=1)
