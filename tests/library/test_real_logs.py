"""The two real logs, judged by the library: every count agrees with one made in plain Python from the raw file.

The files are not part of the repository; without them these tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from scherp.judging.record import VERDICTS
from scherp.norms.library import find_framework
from scherp.runs.run import Asked, make_run

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
FINES, RECEIPT = DATA / "road-traffic-fines.csv.gz", DATA / "receipt.xes.gz"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Counts = dict[str, Counter[str]]


def judged(framework: str, source: Path, out: Path) -> Counts:
    record = make_run(Asked(find_framework(framework), (source,), out)).record
    assert all(norm.warnings == [] for norm in record.norms)
    return {norm.norm: Counter({v: getattr(norm, v) for v in VERDICTS}) for norm in record.norms if norm.computed}


# --- road fines ------------------------------------------------------------------------------------------------------

Fine = dict[str, list[date]]


@pytest.fixture(scope="module")
def fines() -> list[Fine]:
    """Each case's dates by activity."""
    if not FINES.exists():
        pytest.skip("the log of road fines is not here")
    cases: dict[str, Fine] = {}
    with gzip.open(FINES, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            dates = cases.setdefault(row["case_id"], {})
            dates.setdefault(row["activity"], []).append(date.fromisoformat(row["timestamp"]))
    return list(cases.values())


@pytest.fixture(scope="module")
def fine_counts(fines: list[Fine], tmp_path_factory: pytest.TempPathFactory) -> Counts:
    return judged("nl/road-fines", FINES, tmp_path_factory.mktemp("fines") / "run")


def test_road_fines_has_the_known_figures(fines: list[Fine]) -> None:
    sent = [case for case in fines if "Send Fine" in case]
    assert len(fines) == 150_370
    assert len(sent) == 103_987
    assert sum((case["Send Fine"][0] - case["Create Fine"][0]).days <= 90 for case in sent) == 54_215


def first(case: Fine, activities: Iterable[str], since: date) -> date | None:
    return min((day for name in activities for day in case.get(name, []) if day >= since), default=None)


def followed(case: Fine, start: date, days: int, by: list[str], *, excuse: list[str], last: date) -> str:
    due, done, excused = start + timedelta(days), first(case, by, start), first(case, excuse, start)
    if excused is not None and excused <= due and (done is None or excused <= done):
        return "not_applicable"
    if done is not None and done <= due:
        return "met"
    return "pending" if due >= last else "breached"


def test_fines_are_sent_within_90_days_unless_paid(fines: list[Fine], fine_counts: Counts) -> None:
    last = max(day for case in fines for days in case.values() for day in days)
    counted = Counter(
        followed(case, start, 90, ["Send Fine"], excuse=["Payment"], last=last)
        for case in fines
        for start in case["Create Fine"]
    )
    assert fine_counts["fine-sent-within-90-days"] == counted
    assert counted["met"] == 53_796  # 419 of the 54,215 were paid no later than they were sent


def test_fines_are_paid_within_60_days_unless_appealed(fines: list[Fine], fine_counts: Counts) -> None:
    last = max(day for case in fines for days in case.values() for day in days)
    appeals = ["Insert Date Appeal to Prefecture", "Appeal to Judge"]
    counted = Counter(
        followed(case, start, 60, ["Payment"], excuse=appeals, last=last)
        for case in fines
        for start in case.get("Insert Fine Notification", [])
    )
    assert fine_counts["paid-within-60-days"] == counted
    assert counted == {"met": 4_795, "breached": 71_339, "not_applicable": 3_726}


ORDERS = [
    ("notified-after-sending", "Insert Fine Notification", ["Send Fine"], None),
    ("penalty-after-notification", "Add penalty", ["Insert Fine Notification"], None),
    ("collection-after-penalty", "Send for Credit Collection", ["Add penalty"], None),
    ("appeal-to-prefecture-within-60-days", "Insert Date Appeal to Prefecture", ["Insert Fine Notification"], 60),
    ("appeal-to-judge-within-60-days", "Appeal to Judge",
     ["Insert Fine Notification", "Notify Result Appeal to Offender"], 60),
    ("result-received-before-it-is-notified", "Notify Result Appeal to Offender",
     ["Receive Result Appeal from Prefecture"], None),
]  # fmt: skip


@pytest.mark.parametrize(("norm", "event", "needs", "days"), ORDERS)
def test_fines_keep_their_order(
    fines: list[Fine], fine_counts: Counts, *, norm: str, event: str, needs: list[str], days: int | None
) -> None:
    def verdict(case: Fine, at: date) -> str:
        before = [day for need in needs for day in case.get(need, []) if day <= at]
        return "met" if before and (days is None or (at - max(before)).days <= days) else "breached"

    counted = Counter(verdict(case, at) for case in fines for at in case.get(event, []))
    assert fine_counts[norm] == counted
    assert counted["met"] > 0


def test_fines_have_one_penalty_and_an_amount(fines: list[Fine], fine_counts: Counts) -> None:
    penalties = Counter("met" if len(case.get("Add penalty", [])) <= 1 else "breached" for case in fines)
    assert fine_counts["at-most-one-penalty"] == penalties
    with gzip.open(FINES, "rt", encoding="utf-8") as lines:
        amounts = [row["amount"] for row in csv.DictReader(lines) if row["activity"] == "Create Fine"]
    counted = Counter("unknown" if not amount else "met" if float(amount) > 0 else "breached" for amount in amounts)
    assert fine_counts["fine-has-an-amount"] == counted
    assert counted == {"met": 150_334, "breached": 36}


def test_payments_are_followed_by_no_collection(fines: list[Fine], fine_counts: Counts) -> None:
    def verdict(case: Fine, paid: date) -> str:
        return "met" if first(case, ["Send for Credit Collection"], paid) is None else "breached"

    counted = Counter(verdict(case, paid) for case in fines for paid in case.get("Payment", []))
    assert fine_counts["no-collection-after-payment"] == counted
    assert counted["breached"] == 2_160


# --- receipt of permit requests --------------------------------------------------------------------------------------

Step = tuple[datetime, str, str]  # when, which (the first word of its name), who
Permit = tuple[dict[str, str], list[Step]]


@pytest.fixture(scope="module")
def permits() -> list[Permit]:
    """Each trace's own attributes and its steps."""
    if not RECEIPT.exists():
        pytest.skip("the log of permit requests is not here")
    return list(traces())


def traces() -> Iterator[Permit]:
    with gzip.open(RECEIPT) as file:
        root = ElementTree.parse(file).getroot()
    for trace in root.findall("{*}trace"):
        held = {part.get("key", ""): part.get("value", "") for part in trace if not part.tag.endswith("}event")}
        steps = []
        for event in trace.findall("{*}event"):
            said: dict[str, Any] = {part.get("key"): part.get("value") for part in event}
            when = datetime.fromisoformat(said["time:timestamp"])
            steps.append((when, said["concept:name"].split(" ")[0], said["org:resource"]))
        yield held, steps


@pytest.fixture(scope="module")
def permit_counts(permits: list[Permit], tmp_path_factory: pytest.TempPathFactory) -> Counts:
    return judged("nl/permits-receipt", RECEIPT, tmp_path_factory.mktemp("permits") / "run")


def test_the_log_of_permits_is_whole(permits: list[Permit]) -> None:
    assert len(permits) == 1_434
    assert sum(len(steps) for _, steps in permits) == 8_577


def times(steps: list[Step], step: str) -> list[datetime]:
    return sorted(when for when, which, _ in steps if which == step)


@pytest.mark.parametrize(
    ("norm", "step", "attribute", "met"),
    [("receipt-sent-by-deadline", "T05", "deadline", 1_257),
     ("receipt-phase-ends-by-planned-date", "T10", "enddate_planned", 1_229)],
)  # fmt: skip
def test_permits_keep_their_own_dates(
    permits: list[Permit],
    permit_counts: Counts,
    *,
    norm: str,
    step: str,
    attribute: str,
    met: int,
) -> None:
    last = max(when for _, steps in permits for when, _, _ in steps)

    def verdict(held: dict[str, str], steps: list[Step]) -> str:
        day = datetime.fromisoformat(held[attribute]).astimezone(AMSTERDAM).date()
        over = datetime.combine(day + timedelta(days=1), time(), AMSTERDAM)  # the first moment that is too late
        done = times(steps, step)
        if done and done[0] < over:
            return "met"
        return "pending" if not done and over > last else "breached"

    counted = Counter(verdict(held, steps) for held, steps in permits)
    assert permit_counts[norm] == counted
    assert counted["met"] == met


@pytest.mark.parametrize(
    ("norm", "one", "two", "breached"),
    [("receipt-checked-and-adopted-by-two", "T02", "T04", 1_042),
     ("document-x-checked-and-adopted-by-two", "T12", "T14", 22),
     ("report-y-checked-and-adopted-by-two", "T17", "T19", 20)],
)  # fmt: skip
def test_permits_four_eyes(
    permits: list[Permit],
    permit_counts: Counts,
    *,
    norm: str,
    one: str,
    two: str,
    breached: int,
) -> None:
    def actors(steps: list[Step], step: str) -> set[str]:
        return {who for _, which, who in steps if which == step}

    both = [(actors(steps, one), actors(steps, two)) for _, steps in permits]
    counted = Counter("breached" if first & second else "met" for first, second in both if first and second)
    assert permit_counts[norm] == counted
    assert counted["breached"] == breached


@pytest.mark.parametrize(
    ("norm", "step", "needs"),
    [("receipt-adopted-after-check", "T04", "T02"), ("receipt-sent-after-adoption", "T05", "T04"),
     ("stop-indication-after-stop-advice", "T10", "T06")],
)  # fmt: skip
def test_permits_keep_their_order(
    permits: list[Permit], permit_counts: Counts, norm: str, step: str, needs: str
) -> None:
    counted = Counter(
        "met" if any(before <= at for before in times(steps, needs)) else "breached"
        for _, steps in permits
        for at in times(steps, step)
    )
    assert permit_counts[norm] == counted
    assert counted["met"] > 1_000


@pytest.mark.parametrize(
    ("norm", "step", "breached"),
    [
        ("receipt-checked-once", "T02", 35),
        ("stop-advice-weighed-once", "T06", 59),
        ("received-once", "Confirmation", 0),
    ],
)
def test_permits_repeat_no_step(
    permits: list[Permit], permit_counts: Counts, norm: str, step: str, breached: int
) -> None:
    counted = Counter("breached" if len(times(steps, step)) > 1 else "met" for _, steps in permits)
    assert permit_counts[norm] == counted
    assert counted["breached"] == breached


def test_permits_adjust_a_receipt_in_its_order(permits: list[Permit], permit_counts: Counts) -> None:
    again: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for _, steps in permits:
        for at in times(steps, "T03"):
            checked, sent = ([t for t in times(steps, step) if t >= at] for step in ("T02", "T05"))
            timely = bool(checked) and (not sent or checked[0] <= sent[0])
            again["met" if timely else "breached" if sent else "pending"] += 1
        for at in times(steps, "T05"):
            after["breached" if any(t >= at for t in times(steps, "T03")) else "met"] += 1
    assert permit_counts["adjusted-receipt-checked-again"] == again
    assert permit_counts["receipt-not-adjusted-after-sending"] == after
