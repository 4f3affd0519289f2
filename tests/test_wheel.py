"""What is built is whole: the wheel works in an empty environment, away from the source tree.

Rule: the wheel carries the frameworks and everything else that is not code, and needs only what `requirements.lock`
holds. This is the one test that asks a package index, and it is skipped, with the reason, where none answers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import scherp

TREE = Path(__file__).resolve().parents[1]

# One worker runs these tests, for they share one wheel and one environment.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, where: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, without what the surrounding environment adds to Python's path."""
    plain = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        command, cwd=where, env=plain, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, TREE, where=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("scherp-*.whl"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment that holds the locked packages and the wheel."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    pip = (home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    locked = run(*pip, "--require-hashes", "--requirement", TREE / "requirements.lock", where=home)
    if locked.returncode != 0 and "hash" not in locked.stderr.lower() and not os.environ.get("CI"):
        pytest.skip(f"the locked packages cannot be fetched here: {locked.stderr.strip().splitlines()[-1]}")
    assert locked.returncode == 0, locked.stderr
    done = run(*pip, "--no-deps", wheel, where=home)
    assert done.returncode == 0, done.stderr
    return home / "bin"


def test_the_wheel_carries_everything_that_is_not_code(wheel: Path) -> None:
    source = TREE / "src"
    kept = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    kept = {name for name in kept if "__pycache__" not in name}
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("scherp/")}
        licences = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
    assert inside == kept
    assert licences


def test_the_packages_of_the_lock_agree_with_the_wheel(programs: Path, tmp_path: Path) -> None:
    done = run(programs / "python", "-m", "pip", "check", where=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_wheel_runs_away_from_the_source_tree(programs: Path, tmp_path: Path) -> None:
    done = run(programs / "scherp", "--version", where=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert scherp.__version__ in done.stdout


def test_the_wheel_lists_the_frameworks_of_the_library(programs: Path, tmp_path: Path) -> None:
    frameworks = sorted((TREE / "src/scherp/library").rglob("*.yaml"))
    written = [line for path in frameworks for line in path.read_text(encoding="utf-8").splitlines()]
    names = [line.split(":", 1)[1].strip() for line in written if line.startswith("framework:")]
    done = run(programs / "scherp", "norms", "list", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert names
    assert [name for name in names if name not in done.stdout] == []
