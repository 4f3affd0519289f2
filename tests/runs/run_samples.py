"""A small framework, the data it judges, and the run that comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scherp.evidence.seal import write_seal
from scherp.faults import Fault
from scherp.runs.run import Asked, Done, make_run
from scherp.runs.verify import verify_run

FRAMEWORK = """framework: test/answers
title: {nl: Antwoorden, en: Answers}
version: "1"
themes: {time: {nl: Tijdigheid, en: Timeliness}}
mapping: {case: case, activity: activity, time: time, recorded: known, zone: UTC, case_attributes: [size]}
norms:
  - norm: answered-in-time
    theme: time
    says: {nl: Elke vraag wordt binnen 3 dagen beantwoord., en: Each question is answered within 3 days.}
    source: {text: House rules, article: null, url: null, status: policy, checked: read}
    class: norm
    check: {response: {each: case, after: ask, follows: answer, within: 3 days}}
    examples:
      - {says: in time, as_of: 2024-03-01, events: [[2024-01-01, ask, A], [2024-01-02, answer, A]], gives: {met: 1}}
  - norm: never-lost
    theme: time
    says: {nl: Geen vraag raakt weg., en: No question is lost.}
    source: {text: House rules, article: null, url: null, status: policy, checked: read}
    class: fact
    check: {absence: {each: case, event: lose}}
    examples:
      - {says: not lost, as_of: 2024-03-01, events: [[2024-01-01, ask, A]], gives: {met: 1}}
"""
ROWS = [
    ("A", "ask", "2024-01-01T10:00", "2024-01-01T11:00", "big"),
    ("A", "answer", "2024-01-02T10:00", "2024-01-02T11:00", "big"),
    ("B", "ask", "2024-01-01T10:00", "2024-01-01T11:00", "small"),
    ("B", "answer", "2024-01-09T10:00", "2024-01-20T11:00", "small"),
    ("C", "ask", "2024-01-01T10:00", "2024-01-01T11:00", ""),
    ("C", "lose", "2024-01-05T10:00", "2024-01-05T11:00", ""),
    ("D", "ask", "2024-01-19T10:00", "2024-01-19T11:00", "small"),
    ("E", "", "2024-01-19T10:00", "2024-01-19T11:00", "refused"),
]


def table(rows: list[tuple[str, ...]] = ROWS) -> str:
    return "case,activity,time,known,size\n" + "".join(",".join(row) + "\n" for row in rows)


def asked(folder: Path, **changes: Any) -> Asked:
    """A request to judge the sample rows into `folder`/run, with `changes`."""
    framework, source = folder / "answers.yaml", folder / "questions.csv"
    if not framework.exists():
        framework.write_text(FRAMEWORK, "utf-8")
        source.write_text(table(), "utf-8")
    return Asked(**{"framework": framework, "sources": (source,), "out": folder / "run"} | changes)


def made(folder: Path, **changes: Any) -> Done:
    return make_run(asked(folder, **changes))


def counts(done: Done) -> dict[str, dict[str, int]]:
    """The counts of each norm that are not zero."""
    verdicts = ("met", "breached", "pending", "unknown", "not_applicable")
    return {n.norm: {v: getattr(n, v) for v in verdicts if getattr(n, v)} for n in done.record.norms}


def differences(folder: Path, **options: Any) -> list[Fault]:
    return verify_run(folder, **options).differences


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def edit_record(run: Path, change: Any) -> None:
    """Change run.json as a forger would, who writes it as the program writes it, and seal it again."""
    document = json.loads((run / "run.json").read_bytes())
    change(document)
    (run / "run.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    write_seal(run)
