"""The bundled samples: invented, said to be so, the same on every run, and rich enough to show every verdict.

The counts of one norm are made here a second time in plain Python, from the table alone.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from scherp.events.mapping import read_mapping
from scherp.judging.record import VERDICTS, RunRecord
from scherp.norms.library import find_framework
from scherp.runs.demonstration import samples
from scherp.runs.run import Asked, make_run

TREE = Path(__file__).resolve().parents[2]
SAMPLES = {path.stem: path for path in samples()}
NAMES = ["complaints", "permits-receipt", "road-fines", "woo"]
ROLE = re.compile(
    r"((handler|decider|lawyer|director|officer|court|clerk|senior)-\d|front desk|complainant|requester|third party)?"
)
# The Dutch holidays on weekdays of those years, written out so that the count below needs no calendar of Scherp.
FREE = {date.fromisoformat(day) for day in (
    "2024-01-01", "2024-03-29", "2024-04-01", "2024-05-09", "2024-05-10", "2024-05-20", "2024-12-25", "2024-12-26",
    "2024-12-27", "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-29", "2025-05-30",
    "2025-06-09")}  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunRecord]:
    out = tmp_path_factory.mktemp("samples")
    return {
        name: make_run(
            Asked(find_framework(f"nl/{name}"), (path,), out / name, mapping=read_mapping(path.with_suffix(".yaml")))
        ).record
        for name, path in SAMPLES.items()
        if name in NAMES
    }


def rows(name: str) -> list[dict[str, str]]:
    with SAMPLES[name].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_samples", TREE / "tools" / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_what_its_generator_makes(name: str) -> None:
    assert SAMPLES[name].read_text(encoding="utf-8") == maker().table(name), "run python tools/make_samples.py"


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_and_its_run_say_that_they_are_invented(name: str, runs: dict[str, RunRecord]) -> None:
    assert read_mapping(SAMPLES[name].with_suffix(".yaml")).synthetic
    assert runs[name].synthetic


@pytest.mark.parametrize("name", NAMES)
def test_whoever_acts_is_a_role_and_never_a_name(name: str) -> None:
    assert [row["actor"] for row in rows(name) if not ROLE.fullmatch(row["actor"])] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_has_hundreds_of_cases_and_no_refused_row(name: str, runs: dict[str, RunRecord]) -> None:
    assert 300 <= len({row["case"] for row in rows(name)}) <= 600
    assert runs[name].data.events == len(rows(name))
    assert runs[name].data.rejected == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_verdict_occurs_and_every_norm_is_broken_somewhere(name: str, runs: dict[str, RunRecord]) -> None:
    computed = [norm for norm in runs[name].norms if norm.computed]
    reached = {verdict for norm in computed for verdict in VERDICTS if getattr(norm, verdict)}
    # Only a response can be not applicable here, and permits-receipt has none with an exception.
    assert reached == set(VERDICTS) - ({"not_applicable"} if name == "permits-receipt" else set())
    assert [norm.norm for norm in computed if not norm.met or not norm.breached] == []
    assert [norm.norm for norm in computed if norm.warnings] == []


@pytest.mark.parametrize("name", NAMES)
def test_most_cases_are_in_order_as_in_life(name: str, runs: dict[str, RunRecord]) -> None:
    met = sum(norm.met for norm in runs[name].norms)
    breached = sum(norm.breached for norm in runs[name].norms)
    assert 0.85 <= met / (met + breached) <= 0.98


@pytest.mark.parametrize("name", ["complaints", "permits-receipt", "woo"])
def test_some_events_are_registered_late_and_some_have_no_time(name: str, runs: dict[str, RunRecord]) -> None:
    assert runs[name].data.late_registrations > 0
    assert runs[name].data.unknown_time > 0


@pytest.mark.parametrize("name", ["complaints", "permits-receipt", "woo"])
def test_officials_work_in_office_hours_on_working_days(name: str) -> None:
    from_outside = {"Complaint received", "Request received", "Confirmation of receipt"}
    odd = [
        row
        for row in rows(name)
        if row["time"] and row["activity"] not in from_outside
        for at in (datetime.fromisoformat(row["time"]),)
        if at.date() in FREE or at.weekday() > 4 or not 8 <= at.hour < 20
    ]
    assert odd == []


def rolled(day: date) -> date:
    while day.weekday() > 4 or day in FREE:
        day += timedelta(days=1)
    return day


def complaint_verdict(case: list[dict[str, str]], last: datetime) -> str:
    """decided-within-6-weeks for one complaint without a committee, in plain Python on local dates."""
    if any(not row["time"] and row["activity"] in ("Complaint received", "Complaint decided") for row in case):
        return "unknown"
    at = {row["activity"]: row["time"][:10] for row in reversed(case)}  # the first of each
    start = date.fromisoformat(at["Complaint received"])
    due = rolled(start + timedelta(days=42))
    if "Decision adjourned" in at and date.fromisoformat(at["Decision adjourned"]) <= due:
        due = rolled(start + timedelta(days=70))
    decided = at.get("Complaint decided")
    for excuse in ("Complaint withdrawn", "Further delay agreed"):
        if excuse in at and date.fromisoformat(at[excuse]) <= due and (not decided or at[excuse] <= decided):
            return "not_applicable"
    if decided and date.fromisoformat(decided) <= due:
        return "met"
    return "pending" if not decided and due >= last.date() else "breached"


def test_complaints_are_counted_as_plain_python_counts_them(runs: dict[str, RunRecord]) -> None:
    cases: dict[str, list[dict[str, str]]] = {}
    for row in rows("complaints"):
        cases.setdefault(row["case"], []).append(row)
    last = max(datetime.fromisoformat(row["time"]) for row in rows("complaints") if row["time"])
    mine = [
        case
        for case in cases.values()
        if case[0]["committee"] == "false" and any(row["activity"] == "Complaint received" for row in case)
    ]
    counted = Counter(complaint_verdict(case, last) for case in mine)
    norm = next(norm for norm in runs["complaints"].norms if norm.norm == "decided-within-6-weeks")
    assert {verdict: getattr(norm, verdict) for verdict in VERDICTS if getattr(norm, verdict)} == counted
    assert set(counted) == set(VERDICTS)
