"""Link the source tree into the environment that runs this script, instead of installing the project.

Rule: the environment finds `src/` through one path file, and each program that `[project.scripts]` names gets a small
launcher. A change in the source so counts at once, and no build tool is needed to use Scherp from its source.
"""

from __future__ import annotations

import sys
import sysconfig
import tomllib
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent

LAUNCHER = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from {module} import {function}

sys.exit({function}())
"""


def link(tree: Path, packages: Path, programs: Path, python: str) -> list[Path]:
    """Write the path file into `packages` and the launchers into `programs`; gives the files written."""
    path_file = packages / "scherp-source.pth"
    path_file.write_text(f"{tree / 'src'}\n", encoding="utf-8")
    written = [path_file]
    scripts = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    for name, target in scripts.items():
        module, function = target.split(":")
        launcher = programs / name
        launcher.write_text(LAUNCHER.format(python=python, module=module, function=function), encoding="utf-8")
        launcher.chmod(0o755)
        written.append(launcher)
    return written


if __name__ == "__main__":
    paths = sysconfig.get_paths()
    link(TREE, Path(paths["purelib"]), Path(paths["scripts"]), sys.executable)
