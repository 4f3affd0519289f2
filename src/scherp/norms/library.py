"""Finds frameworks: by an id in the library that comes with Scherp, or by a path.

Rule: an id is the path of a file in the library without its ending (`nl/road-fines`); only ids that are in the library
are looked up there, so that none can lead out of it. A file of the library is a framework where its first keys say so.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from scherp.faults import Fault, Refused
from scherp.norms.spelling import advice, shown

_FRAMEWORK = re.compile(r"^framework:", re.MULTILINE)
_ENDINGS = (".yaml", ".yml")


def find_framework(id_or_path: str) -> Path:
    """The file of a framework. A text that ends in `.yaml` or `.yml` is a path, any other is an id first.

    Refused where there is neither; for an id, with the id that was meant.
    """
    path = Path(id_or_path)
    if path.suffix.lower() not in _ENDINGS:
        known = {framework_id(found): found for found in list_frameworks()}
        if id_or_path in known:
            return known[id_or_path]
        if not _is_file(path):
            remedy = advice(id_or_path, known) or "Give the path of a file that ends in .yaml"
            raise Refused(Fault(shown(id_or_path), "is neither the id of a framework nor a file", remedy))
    elif not _is_file(path):
        raise Refused(Fault(shown(id_or_path), "there is no such file"))
    return path


def list_frameworks() -> list[Path]:
    """The files of all frameworks of the library, in the order of their ids."""
    return sorted(path for path in _folder().rglob("*.yaml") if _FRAMEWORK.search(path.read_text(encoding="utf-8")))


def framework_id(path: Path) -> str:
    """The id of a file of the library."""
    return path.relative_to(_folder()).with_suffix("").as_posix()


def _folder() -> Path:
    return Path(str(files("scherp.library")))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
