"""Runs `scherp` as a user does: its whole command line, with what it prints and its exit code."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scherp.cli import main

COMMAND = [sys.executable, "-c", "import scherp.cli; scherp.cli.main()"]
FRAMEWORK = """framework: test/answers
title: {nl: Antwoorden, en: Answers}
version: "1"
themes: {time: {nl: Tijdigheid, en: Timeliness}}
mapping: {case: case, activity: activity, time: time, zone: UTC}
norms:
  - norm: answered-in-time
    theme: time
    says: {nl: Elke vraag wordt binnen 3 dagen beantwoord., en: Each question is answered within 3 days.}
    source: {text: House rules, article: null, url: null, status: policy, checked: read}
    class: norm
    check: {response: {each: case, after: ask, follows: answer, within: 3 days}}
    examples:
      - {says: in time, as_of: 2024-03-01, events: [[2024-01-01, ask, A], [2024-01-02, answer, A]], gives: {met: 1}}
"""
TABLE = """case,activity,time
A,ask,2024-01-01
A,answer,2024-01-02
B,ask,2024-01-01
C,ask,2024-02-01
"""
MAPPING = "case: case\nactivity: activity\ntime: time\nzone: UTC\n"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def scherp(folder: Path, *words: str | Path, **variables: str) -> Said:
    """Run a command in `folder`, in this process; what is no sentence and no exit code is raised."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["scherp", *map(str, words)])
        for name, word in variables.items():
            patch.setenv(name, word)
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return Said(code, out.getvalue(), err.getvalue())


def process(folder: Path, *words: str | Path, **options: Any) -> subprocess.Popen[str]:
    """Start a command as a process of its own."""
    return subprocess.Popen(
        [*COMMAND, *map(str, words)],
        cwd=folder,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | options,
    )


def sample(folder: Path) -> Path:
    """A folder with answers.yaml (a framework), questions.csv and mapping.yaml."""
    (folder / "answers.yaml").write_text(FRAMEWORK, "utf-8")
    (folder / "questions.csv").write_text(TABLE, "utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, "utf-8")
    return folder


def files(folder: Path) -> dict[str, Any]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
