"""Write THIRD_PARTY.md: the libraries that Scherp uses at run time, with their licences.

Rule: one row for each line of `requirements.lock`, its licence as the installed package states it. A row whose version
is not installed here (another Python, another system) keeps the licence that stands in the file, so that the table
says the same wherever it is made; for a new one a person fills it in. With `--check` nothing is written: exit code 1
and a sentence if the file is not current.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import cast

TREE = Path(__file__).resolve().parent.parent
UNKNOWN = "to be filled in by hand"

HEAD = """# Libraries of others

Scherp itself is licensed under the [EUPL-1.2](LICENSE). At run time it uses the libraries below, each under its own
licence; none of their code is in this repository. The table is made by `tools/third_party.py` from the lock file
and from what the installed packages say about themselves; `make lock` renews it and `make check` compares it.

| library | version | licence | used |
|---|---|---|---|
"""

# A package that states its licence only as a class of licences is named by the SPDX word for it.
CLASSES = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True)
class Locked:
    """One line of a lock file. name: normalised, as `ruamel-yaml`. version: as written."""

    name: str
    version: str


def read_lock(text: str) -> list[Locked]:
    """The packages of a lock file, in its order; a package may stand there in more than one version."""
    return [Locked(*found) for found in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE)]


def licence_of(stated: Message) -> str | None:
    """The licence that a package's own metadata states, as an SPDX expression where it has one; None if it has none."""
    if expression := stated.get("License-Expression"):
        return str(expression)
    classes = [
        str(line).rsplit(" :: ", 1)[-1] for line in stated.get_all("Classifier", []) if "License ::" in str(line)
    ]
    if classes:
        return " OR ".join(CLASSES.get(name, name) for name in classes)
    first_line = str(stated.get("License", "")).strip().split("\n", 1)[0]
    return first_line or None


def installed(package: Locked) -> str | None:
    """The licence of a package if that very version is installed here, otherwise None."""
    try:
        # The type stubs promise less than the standard library keeps: the metadata is a mail message.
        stated = cast(Message, metadata(package.name))
    except PackageNotFoundError:
        return None
    return licence_of(stated) if stated["Version"] == package.version else None


def written(page: str) -> dict[Locked, str]:
    """Licences as they stand in the page, by library and version."""
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \| ([^|]+) \|", page, re.MULTILINE)
    return {Locked(name, version): licence for name, version, licence in rows}


def table(lock: str, project: str, page: str) -> str:
    """The whole page. lock, project: the texts of the lock file and of pyproject.toml. page: the page as it was."""
    needed = tomllib.loads(project)["project"]["dependencies"]
    direct = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", one)[0]).lower() for one in needed}
    before = written(page)
    rows = [
        f"| {one.name} | {one.version} | {installed(one) or before.get(one, UNKNOWN)} "
        f"| {'by Scherp' if one.name in direct else 'by another library'} |"
        for one in read_lock(lock)
    ]
    return HEAD + "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with `--check`; gives the exit code."""
    target = TREE / "THIRD_PARTY.md"
    page = target.read_text(encoding="utf-8") if target.exists() else ""
    lock, project = ((TREE / name).read_text(encoding="utf-8") for name in ("requirements.lock", "pyproject.toml"))
    current = table(lock, project, page)
    if "--check" not in arguments:
        target.write_text(current, encoding="utf-8")
    elif current != page:
        sys.stderr.write("THIRD_PARTY.md is not current. Run: make lock\n")
        return 1
    if UNKNOWN in current:
        sys.stderr.write(f"THIRD_PARTY.md: fill in each licence that says '{UNKNOWN}'.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
