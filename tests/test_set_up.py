"""Setting up from nothing: who may install what, what is said where it cannot be done, and how the source is linked."""

from __future__ import annotations

import email.message
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

TREE = Path(__file__).resolve().parents[1]


def tool(name: str) -> ModuleType:
    """One of the project's tools as a module."""
    spec = importlib.util.spec_from_file_location(name, TREE / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def program(folder: Path, name: str, text: str) -> None:
    """A stand-in for a program of the system."""
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def install_missing(folder: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """Ask for system packages where the programs in `folder` stand in for those of the system."""
    path = f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return subprocess.run(
        [TREE / "tools/install_missing.sh", "the tests", *packages],
        env={"PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_without_root_the_missing_packages_are_named(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "apt-get", f"touch {tmp_path}/called")
    done = install_missing(tmp_path, "chromium", "fonts-liberation")
    assert done.returncode == 1
    assert "for the tests: chromium fonts-liberation." in done.stderr
    assert not (tmp_path / "called").exists()


def test_as_root_the_missing_packages_are_installed_without_questions(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {tmp_path}/called')
    done = install_missing(tmp_path, "chromium")
    assert done.returncode == 0
    called = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in called] == ["noninteractive", "noninteractive"]
    assert "update" in called[0]
    assert {"install", "--yes", "chromium"} <= set(called[1].split())


def test_an_installation_that_fails_says_why(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "apt-get", "echo 'no such package' >&2; exit 100")
    done = install_missing(tmp_path, "chromium")
    assert done.returncode == 1
    assert done.stderr.startswith("no such package\nThe system packages for the tests could not be installed")


def test_the_source_is_linked_and_not_copied(tmp_path: Path) -> None:
    tree = tmp_path / "a tree"
    (tree / "src/sample").mkdir(parents=True)
    (tree / "src/sample/__init__.py").write_text("def main():\n    print('from the source')\n    return 3\n")
    (tree / "pyproject.toml").write_text('[project.scripts]\nsample = "sample:main"\n')
    tool("link_source").link(tree, tmp_path, tmp_path, sys.executable)
    done = subprocess.run(
        [tmp_path / "sample"], env={"PYTHONPATH": str(tree / "src")}, capture_output=True, text=True, check=False
    )
    assert (tmp_path / "scherp-source.pth").read_text() == f"{tree}/src\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "from the source\n", "")


LOCK = "packaging==0.0.1 \\\n    --hash=sha256:00\nnot-here==2 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
PROJECT = '[project]\ndependencies = ["Not_Here[extra]>=1"]\n'


def test_a_licence_that_cannot_be_seen_here_is_kept_from_the_page() -> None:
    third_party = tool("third_party")
    before = "| packaging | 0.0.1 | MIT |  |\n| not-here | 1 | ISC |  |\n"
    rows = third_party.table(LOCK, PROJECT, before).splitlines()[-2:]
    assert rows == [
        "| packaging | 0.0.1 | MIT | by another library |",
        f"| not-here | 2 | {third_party.UNKNOWN} | by Scherp |",
    ]


def test_a_licence_is_what_the_installed_version_says() -> None:
    third_party = tool("third_party")
    version = importlib.metadata.version("pytest")
    assert third_party.installed(third_party.Locked("pytest", version)) == "MIT"
    assert third_party.installed(third_party.Locked("pytest", "0.0.1")) is None


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ({"License-Expression": "MIT-0", "Classifier": "License :: OSI Approved :: ISC License (ISCL)"}, "MIT-0"),
        ({"License": "long text", "Classifier": "License :: OSI Approved :: ISC License (ISCL)"}, "ISC"),
        ({"License": "Dual License\n\nand a long text", "Classifier": "Topic :: Text"}, "Dual License"),
        ({"License": ""}, None),
    ],
)
def test_the_most_exact_statement_of_a_licence_counts(stated: dict[str, str], licence: str | None) -> None:
    message = email.message.Message()
    for key, value in stated.items():
        message[key] = value
    assert tool("third_party").licence_of(message) == licence
