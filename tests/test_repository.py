"""The repository keeps its own rules: what may not be named, what must be there, and what agrees with what.

Source of the rules: CONTRIBUTING.md. Everything that git would take is looked at, so a fault is seen before it lands.
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

import scherp

TREE = Path(__file__).resolve().parents[1]
CODE = [path for room in ("src", "tests", "tools", "benchmarks") for path in sorted((TREE / room).rglob("*.py"))]
ENGINE = sorted(path for path in (TREE / "src/scherp").iterdir() if path.name not in {"cli", "desk", "__pycache__"})
LOCKS = ("requirements.lock", "requirements-dev.lock")

# Built from pieces, for this file is looked at too.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))]
HOSTS += [
    ".".join(parts) for parts in (("deb", "debian"), ("archive", "ubuntu"), ("crates", "io"), ("jsdelivr", "net"))
]
MACHINE_PATH = re.compile(r"(?<![\w.)}\]])/(?:" + "|".join(("work", "root", "home", "opt")) + r")/\w")


def kept_files() -> list[Path]:
    """Every file that git keeps or would keep; without git, every file outside hidden folders."""
    if (TREE / ".git").exists() and shutil.which("git"):
        asked = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(asked, cwd=TREE, capture_output=True, text=True, check=True).stdout
        return [TREE / name for name in listed.split("\0") if name and (TREE / name).is_file()]
    outside = {"dist", "build", "node_modules", "__pycache__", ".venv", ".hypothesis"}
    return [path for path in TREE.rglob("*") if path.is_file() and not outside & set(path.relative_to(TREE).parts)]


def text_of(path: Path) -> str | None:
    """The text of a file, or None if it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def named(path: Path) -> str:
    return str(path.relative_to(TREE))


def project() -> dict[str, Any]:
    return tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """The top names of the packages that a module imports, also within functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def faults_in(text: str) -> list[str]:
    """The words in a text that no file may hold: hosts of package registries and paths of one machine."""
    return [host for host in HOSTS if host in text.lower()] + MACHINE_PATH.findall(text)


def test_no_file_names_a_registry_or_a_machine_path() -> None:
    guilty = {named(path): faults for path in kept_files() if (text := text_of(path)) and (faults := faults_in(text))}
    assert guilty == {}


@pytest.mark.parametrize("text", [f"see https://{HOSTS[0]}/simple", "at /" + "work/main", "'/" + "home/someone'"])
def test_such_names_are_found(text: str) -> None:
    assert faults_in(text)


@pytest.mark.parametrize("text", ["src/work/home/x", "https://example.org/home/page", "frame" + "work/opt/ions"])
def test_other_paths_are_no_machine_path(text: str) -> None:
    assert faults_in(text) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_only_versions_and_hashes(name: str) -> None:
    pin = re.compile(r"[a-z0-9-]+==[0-9][\w.+!]*( ; [^\\]+)? \\")
    digest = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")
    lines = (TREE / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not (pin.fullmatch(line) or digest.fullmatch(line))] == []
    # Each package has a hash: a pin is never followed by another pin.
    assert lines
    assert [
        a for a, b in zip(lines, [*lines[1:], "end"], strict=True) if pin.fullmatch(a) and not digest.fullmatch(b)
    ] == []


def locked(name: str) -> dict[str, set[Version]]:
    pins = re.findall(r"^([a-z0-9-]+)==([^ ]+)", (TREE / name).read_text(encoding="utf-8"), re.MULTILINE)
    versions: dict[str, set[Version]] = {}
    for package, version in pins:
        versions.setdefault(package, set()).add(Version(version))
    return versions


def test_the_locks_hold_what_the_project_asks_for() -> None:
    run, dev = map(locked, LOCKS)
    asked = project()
    for lock, wanted in ((run, asked["project"]["dependencies"]), (dev, asked["dependency-groups"]["dev"])):
        for line in wanted:
            requirement = Requirement(line)
            versions = lock.get(canonicalize_name(requirement.name), set())
            assert versions, f"{line}: not in the lock; run make lock"
            assert all(version in requirement.specifier for version in versions), f"{line}: run make lock"
    # One environment serves both, so the two agree.
    assert {name: dev.get(name) for name in run} == run


def test_versions_agree() -> None:
    version = project()["project"]["version"]
    changes = (TREE / "CHANGELOG.md").read_text(encoding="utf-8")
    assert scherp.__version__ == version
    assert public_code()["softwareVersion"] == version
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == version


def test_changes_are_dated_versions_with_one_sentence_each() -> None:
    lines = (TREE / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    headings = [line for line in lines if line.startswith("## ")]
    form = re.compile(r"## (\d+\.\d+\.\d+) \((\d{4}-\d{2}-\d{2}|not released yet)\)")
    assert [line for line in headings if not form.fullmatch(line)] == []
    versions = [Version(line.split()[1]) for line in headings]
    assert versions == sorted(versions, reverse=True)
    assert [line for line in headings[1:] if "not released" in line] == []
    assert [line for line in lines if line.startswith("- ") and not re.fullmatch(r"- [A-Z`].*\.", line)] == []


def public_code() -> dict[str, Any]:
    return dict(YAML(typ="safe").load((TREE / "publiccode.yml").read_text(encoding="utf-8")))


def test_publiccode_has_what_the_standard_requires() -> None:
    described = public_code()
    required = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"}
    assert required | {"description", "legal", "maintenance", "localisation"} <= set(described)
    assert described["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert described["legal"]["license"] == project()["project"]["license"]
    assert described["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert all(contact["name"] for contact in described["maintenance"]["contacts"])
    assert isinstance(described["localisation"]["localisationReady"], bool)
    assert {"en", "nl"} <= set(described["localisation"]["availableLanguages"])
    for language in ("en", "nl"):
        told = described["description"][language]
        assert 0 < len(told["shortDescription"]) <= 150
        assert 150 <= len(told["longDescription"]) <= 10_000
        assert told["features"]


def test_the_licence_is_the_whole_eupl() -> None:
    words = re.findall(r"\w+", (TREE / "LICENSE").read_text(encoding="utf-8"))
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()
    assert digest == "8a14e695861d7e6dc2158614896f2b9963941d46e4ed3c986639b51e9337294a"


@pytest.mark.parametrize("path", CODE, ids=named)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    assert not written.strip() or ast.get_docstring(ast.parse(written)), "begin with the rule that the module keeps"


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)($|_)")
    assert [named(path) for path in CODE if any(vague.search(part) for part in path.with_suffix("").parts[-3:])] == []


def test_the_engine_imports_no_django() -> None:
    modules = [path for room in ENGINE for path in ([room] if room.suffix == ".py" else room.rglob("*.py"))]
    assert modules
    assert [named(path) for path in modules if any(name.startswith("django") for name in imports(path))] == []


def test_reading_and_judging_need_no_data_frames() -> None:
    frames = {"pandas", "polars", "pyarrow"}
    modules = [path for room in ("events", "norms", "judging") for path in (TREE / "src/scherp" / room).rglob("*.py")]
    assert modules
    assert [named(path) for path in modules if imports(path) & frames] == []


def test_an_import_within_a_function_counts(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def late():\n    import pandas.io\n    from django.db import models\n    from . import near\n")
    assert imports(module) == {"pandas", "django"}
