"""Makes the bundled sample tables: invented cases with planted deviations, the same bytes on every run.

Rule: nothing in a sample is real. No names of people: whoever acts is a role with a number. Each sample has cases that
meet every norm of its framework and cases that break it, cases that still run at the end, events whose time or actor is
missing, and events that were registered late. Source: the rules of the field, 24 (invented data say so).

    python tools/make_samples.py            write them
    python tools/make_samples.py --check    exit code 1 where a committed table differs
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from scherp.norms.calendar import is_working

SAMPLES = Path(__file__).resolve().parents[1] / "src" / "scherp" / "library" / "samples"
FIRST, END = date(2024, 1, 2), datetime(2025, 6, 30, 18, 0)
DAY = timedelta(days=1)

Row = dict[str, str]
Cells = dict[str, object]


class Case:
    """The rows of one case. chance: one source of chance for the whole table, so that its order never changes."""

    def __init__(self, chance: Random, name: str, cells: Cells) -> None:
        self.chance, self.name, self.cells = chance, name, cells
        self.rows: list[tuple[datetime, Row]] = []

    def add(self, activity: str, at: datetime, actor: str = "", /, **cells: object) -> datetime:
        """One event, if it lies before the end of the sample; some are registered days later."""
        late = timedelta(days=whole(self.chance, 2, 9)) if self.chance.random() < 0.03 else timedelta()
        recorded = at + late + timedelta(minutes=whole(self.chance, 0, 200))
        told = {"case": self.name, "activity": activity, "time": at.isoformat(), "actor": actor}
        told["recorded"] = recorded.isoformat()
        if at <= END:
            self.rows.append((at, told | {key: spelled(cell) for key, cell in (self.cells | cells).items()}))
        return at

    def blank(self, activity: str, column: str) -> None:
        """Empty one column of an event: its time or its actor was never recorded."""
        for _, row in self.rows:
            if row["activity"] == activity:
                row[column] = ""

    def lose(self, activity: str) -> None:
        """The event happened, and nobody recorded it."""
        self.rows = [kept for kept in self.rows if kept[1]["activity"] != activity]


def spelled(cell: object) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def whole(chance: Random, low: int, high: int) -> int:
    """A whole number from `low` up to and with `high`. Only `random()` is used, whose numbers no version changes."""
    return low + int(chance.random() * (high - low + 1))


def pick(chance: Random, weights: dict[str, float]) -> str:
    """A key, by its weight; the last one takes what is left of 1."""
    left = chance.random()
    for key, weight in weights.items():
        left -= weight
        if left < 0:
            return key
    return next(reversed(weights))


def office(chance: Random, day: date) -> datetime:
    """A moment in office hours on the first working day from `day` on."""
    while not is_working(day):
        day += DAY
    return datetime.combine(day, time(8, 30)) + timedelta(seconds=whole(chance, 0, 9 * 3600))


def arrival(chance: Random) -> datetime:
    """A moment in the daytime or evening of any day; most arrive on a working day."""
    day = FIRST + timedelta(days=whole(chance, 0, (END.date() - FIRST).days - 1))
    if not is_working(day) and chance.random() < 0.7:
        return office(chance, day)
    return datetime.combine(day, time(7)) + timedelta(seconds=whole(chance, 0, 15 * 3600))


def after(chance: Random, start: datetime, low: int, high: int) -> datetime:
    """A moment in office hours, `low` to `high` days after `start` or on the next working day."""
    return office(chance, start.date() + timedelta(days=whole(chance, low, high)))


FATES = {"adjourned": 0.07, "adjourned, then late": 0.015, "adjourned too late": 0.02, "late": 0.03, "withdrawn": 0.03,
         "agreed": 0.02, "adjourned twice": 0.012, "decided twice": 0.012, "in time": 1.0}  # fmt: skip


def complaint(chance: Random, number: int) -> Case:
    committee = {"yes": True, "no": False}.get(pick(chance, {"yes": 0.25, "unknown": 0.02, "no": 1.0}))
    about = pick(chance, {"police": 0.45, "prison": 0.2, "municipality": 0.13, "inspectorate": 1.0})
    case = Case(chance, f"K-{number:04}", {"committee": committee, "about": about})
    start = case.add("Complaint received", arrival(chance), "front desk")
    handler, decider = f"handler-{whole(chance, 1, 6)}", f"decider-{whole(chance, 1, 3)}"
    case.add("Receipt confirmed", after(chance, start, *((8, 12) if chance.random() < 0.08 else (0, 5))), "front desk")
    case.add("Complainant contacted", after(chance, start, *((15, 22) if chance.random() < 0.08 else (2, 11))), handler)
    limit, fate = 70 if committee else 42, pick(chance, FATES)
    if fate == "withdrawn":
        case.add("Complaint withdrawn", after(chance, start, 6, 30), "complainant")
        return case
    case.add("Complaint investigated", after(chance, start, 7, 14), handler)
    decided = complaint_course(case, start, limit, fate, handler)
    case.add("Complaint decided", decided, handler if chance.random() < 0.04 else decider)
    for activity, share in (("Complaint received", 0.008), ("Complaint decided", 0.015)):
        if chance.random() < share:
            case.blank(activity, "time")
    if chance.random() < 0.02:
        case.blank("Complaint decided", "actor")
    if chance.random() < 0.01:
        case.lose("Complaint received")
    return case


def complaint_course(case: Case, start: datetime, limit: int, fate: str, handler: str) -> datetime:
    """What happens between the investigation and the decision; the moment of the decision."""
    chance = case.chance
    written = {"yes": True, "no": False}.get(pick(chance, {"no": 0.05, "unknown": 0.04, "yes": 1.0}))
    if fate.startswith("adjourned") or fate == "agreed":
        days = (limit + 5, limit + 9) if fate == "adjourned too late" else (limit - 10, limit - 4)
        case.add("Decision adjourned", after(chance, start, *days), handler, written=written)
    if fate == "adjourned twice":
        case.add("Decision adjourned", after(chance, start, limit + 14, limit + 20), handler, written=written)
    if fate == "agreed":
        until = after(chance, start, limit + 45, limit + 60)
        agreed = after(chance, start, limit + 10, limit + 18)
        case.add("Further delay agreed", agreed, handler, agreed_until=until.date())
        return after(chance, until, 2, 6) if chance.random() < 0.15 else until
    if fate == "decided twice":
        decided = after(chance, start, 18, limit - 12)
        case.add("Decision adjourned", after(chance, decided, 1, 3), handler, written=written)
        return decided
    spans = {"adjourned": (limit + 1, limit + 26), "late": (limit + 5, limit + 30), "in time": (16, limit)}
    return after(chance, start, *spans.get(fate, (limit + 33, limit + 50)))


def request(chance: Random, number: int) -> Case:
    case = Case(chance, f"W-{number:04}", {})
    start = case.add("Request received", arrival(chance), "front desk")
    lawyer, director = f"lawyer-{whole(chance, 1, 5)}", f"director-{whole(chance, 1, 2)}"
    fate = pick(chance, FATES | {"adjourned": 0.22, "agreed": 0.12, "late": 0.05})
    if fate == "withdrawn":
        case.add("Request withdrawn", after(chance, start, 3, 20), "requester")
        return case
    spans = {"adjourned": (29, 42), "late": (35, 70), "adjourned, then late": (46, 75), "adjourned too late": (38, 50),
             "adjourned twice": (50, 63), "agreed": (30, 36), "in time": (12, 28)}  # fmt: skip
    ground = pick(chance, {"staffing": 0.04, "size": 0.5, "unknown": 0.04, "complexity": 1.0}).replace("unknown", "")
    if fate.startswith("adjourned"):
        days = (31, 33) if fate == "adjourned too late" else (20, 26)
        case.add("Decision adjourned", after(chance, start, *days), lawyer, ground=ground)
    if fate == "adjourned twice":
        case.add("Decision adjourned", after(chance, start, 40, 41), lawyer, ground=ground)
    if fate == "agreed":  # here: a third party is heard, and the term stands still
        asked = case.add("Views asked", after(chance, start, 6, 9), lawyer)
        case.add("Views received", after(chance, asked, 12, 15), "third party")
    decided = after(chance, start, *spans.get(fate, (12, 28)))
    drafted = office(chance, decided.date() - DAY * 5)
    case.add("Decision drafted", drafted, lawyer)
    case.add(
        "Request decided", max(decided, drafted + timedelta(hours=1)), lawyer if chance.random() < 0.05 else director
    )
    if chance.random() < 0.015:
        case.add("Request decided", after(chance, decided, 2, 5), director)
    if chance.random() < 0.01:
        case.lose("Request received")
    gap = pick(chance, {"Request received": 0.012, "Request decided": 0.015, "actor": 0.02, "none": 1.0})
    case.blank("Decision drafted" if gap == "actor" else gap, "actor" if gap == "actor" else "time")
    return case


def fine(chance: Random, number: int) -> Case:
    sort = {"vehicleclass": pick(chance, {"C": 0.05, "M": 0.05, "A": 1.0}), "article": whole(chance, 7, 9)}
    case = Case(chance, f"F-{number:04}", sort)
    amount = None if chance.random() < 0.01 else 0 if chance.random() < 0.01 else whole(chance, 22, 90)
    start = case.add("Create Fine", arrival(chance), f"officer-{whole(chance, 1, 9)}", amount=amount)
    fate = pick(chance, {"paid at once": 0.25, "never sent": 0.02, "paid": 0.45, "appeal": 0.09, "penalty": 1.0})
    if fate == "paid at once":
        case.add("Payment", after(chance, start, 1, 12), paymentamount=amount)
    if fate in ("paid at once", "never sent"):
        return case
    sent = case.add("Send Fine", after(chance, start, *((92, 130) if chance.random() < 0.07 else (20, 84))))
    if chance.random() < 0.01:
        case.blank("Send Fine", "time")
    if chance.random() < 0.01:
        case.lose("Send Fine")
    told = case.add("Insert Fine Notification", after(chance, sent, 5, 20))
    if fate == "paid":
        case.add(
            "Payment", after(chance, told, *((64, 120) if chance.random() < 0.06 else (2, 58))), paymentamount=amount
        )
    elif fate == "appeal":
        appeal_of(case, told)
    else:
        unpaid(case, told, amount)
    return case


def appeal_of(case: Case, told: datetime) -> None:
    """An appeal, mostly in time, to the prefecture and sometimes on to the judge."""
    chance = case.chance
    lodged = after(chance, told, *((63, 80) if chance.random() < 0.12 else (5, 57)))
    case.add("Insert Date Appeal to Prefecture", lodged)
    received = case.add("Receive Result Appeal from Prefecture", after(chance, lodged, 60, 120))
    result = case.add(
        "Notify Result Appeal to Offender", after(chance, received, *((-9, -5) if chance.random() < 0.1 else (3, 15)))
    )
    if chance.random() < 0.7:
        judged = after(chance, result, *((63, 90) if chance.random() < 0.3 else (10, 57)))
        case.add("Appeal to Judge", judged, f"court-{whole(chance, 1, 2)}")


def unpaid(case: Case, told: datetime, amount: int | None) -> None:
    """A penalty, then a payment in part or credit collection, now and then both or in the wrong order."""
    chance = case.chance
    odd = pick(chance, {"two penalties": 0.05, "no penalty": 0.07, "paid": 0.25, "no notification": 0.04, "none": 1.0})
    if odd == "no notification":
        case.lose("Insert Fine Notification")
    if odd != "no penalty":
        case.add("Add penalty", after(chance, told, 60, 64), amount=amount and amount * 2)
    if odd == "two penalties":
        case.add("Add penalty", after(chance, told, 70, 90), amount=amount and amount * 3)
    if odd == "paid":
        case.add("Payment", after(chance, told, 70, 110), paymentamount=amount)
    if odd != "paid" or chance.random() < 0.4:
        case.add("Send for Credit Collection", after(chance, told, 150, 300))


ODD_PERMITS = {"no check": 0.02, "no adoption": 0.02, "adjusted": 0.12, "adjusted too late": 0.02, "stuck": 0.03,
               "slow": 0.07, "no advice": 0.02, "twice": 0.006, "none": 1.0}  # fmt: skip
PAPERS = {
    "X": ("T12 Check document X request unlicensed", "T14 Determine document X request unlicensed"),
    "Y": ("T17 Check report Y to stop indication", "T19 Determine report Y to stop indication"),
}


def permit(chance: Random, number: int) -> Case:
    received = arrival(chance)
    planned = received.date() + timedelta(days=whole(chance, 18, 56))
    by = None if chance.random() < 0.02 else planned
    channel = pick(chance, {"Post": 0.1, "Desk": 0.1, "Internet": 1.0})
    case = Case(chance, f"P-{number:04}", {"deadline": by, "enddate_planned": by, "channel": channel})
    clerk, senior = f"clerk-{whole(chance, 1, 7)}", f"senior-{whole(chance, 1, 3)}"
    same = chance.random() < 0.08
    case.add("Confirmation of receipt", received, clerk)
    odd = pick(chance, ODD_PERMITS)
    at = after(chance, received, 1, 5)
    if odd == "twice":
        case.add("Confirmation of receipt", at, clerk)
    if odd != "no check":
        case.add("T02 Check confirmation of receipt", at, clerk)
    if odd == "adjusted":
        at = case.add("T03 Adjust confirmation of receipt", at + timedelta(minutes=40), clerk)
        if chance.random() < 0.8:
            at = case.add("T02 Check confirmation of receipt", at + timedelta(minutes=30), clerk)
    if odd == "stuck":
        return case
    if odd != "no adoption":
        case.add("T04 Determine confirmation of receipt", at + timedelta(minutes=15), clerk if same else senior)
    sent = office(chance, planned + 5 * DAY) if odd == "slow" else after(chance, at, 1, 2)
    case.add("T05 Print and send confirmation of receipt", sent, clerk)
    if odd == "adjusted too late":
        case.add("T03 Adjust confirmation of receipt", after(chance, sent, 1, 3), clerk)
    weigh(case, sent, odd, clerk, senior)
    return case


def weigh(case: Case, sent: datetime, odd: str, clerk: str, senior: str) -> None:
    """The stop advice and the stop indication, with document X or report Y in some cases."""
    chance = case.chance
    at = after(chance, sent, 1, 4)
    for _ in range(0 if odd == "no advice" else 2 if chance.random() < 0.05 else 1):
        at = case.add("T06 Determine necessity of stop advice", at + timedelta(minutes=20), clerk)
    case.add("T10 Determine necessity to stop indication", at + timedelta(minutes=35), clerk)
    paper = pick(chance, {"X": 0.1, "Y": 0.08, "": 1.0})
    adopter = clerk if chance.random() < 0.15 else senior
    if paper:
        first, second = PAPERS[paper]
        case.add(first, at + timedelta(minutes=50), clerk)
        case.add(second, at + timedelta(minutes=80), adopter)
        if chance.random() < 0.08:
            case.blank(second, "actor")
    if chance.random() < 0.02:
        case.blank("T05 Print and send confirmation of receipt", "time")
    if chance.random() < 0.02:
        case.blank("T04 Determine confirmation of receipt", "actor")


TABLES: dict[str, tuple[Callable[[Random, int], Case], int, tuple[str, ...]]] = {
    "complaints": (complaint, 450, ("recorded", "committee", "about", "written", "agreed_until")),
    "permits-receipt": (permit, 320, ("recorded", "deadline", "enddate_planned", "channel")),
    "road-fines": (fine, 500, ("vehicleclass", "article", "amount", "paymentamount")),
    "woo": (request, 330, ("recorded", "ground")),
}


def table(name: str) -> str:
    """The sample as CSV text. Each has its own seed, so that a change in one leaves the others as they are."""
    make, cases, columns = TABLES[name]
    chance = Random(f"scherp sample {name}")  # noqa: S311 - nothing here is a secret
    rows = [row for number in range(1, cases + 1) for row in make(chance, number).rows]
    rows.sort(key=lambda row: row[0])
    text = io.StringIO()
    writer = csv.DictWriter(text, ("case", "activity", "time", "actor", *columns), "", "ignore", lineterminator="\n")
    writer.writeheader()
    for _, row in rows:
        bare = row | {"time": row["time"][:10]} if name == "road-fines" else row
        writer.writerow(bare)
    return text.getvalue()


def main(arguments: list[str]) -> int:
    differ = 0
    for name in TABLES:
        path, made = SAMPLES / f"{name}.csv", table(name)
        if arguments == ["--check"]:
            differ += not path.exists() or path.read_text(encoding="utf-8") != made
        else:
            path.write_text(made, encoding="utf-8")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
