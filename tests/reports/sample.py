"""A run that never was, with every feature that a report can show; and runs of many norms, for size."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from scherp.judging.record import (
    Bar,
    Case,
    DataRecord,
    Engine,
    FrameworkRecord,
    NormRecord,
    RunRecord,
    SourceFile,
    SourceRecord,
    TypeCount,
)
from scherp.reports.statistics import wilson

HOSTILE = "<script>alert('x')</script>\"&amp;\u202e\x00"
LONG_ID = "urn:epc:id:sgtin:8712345.067890." + "9" * 180
DAY = 86_400


def norm(name: str, counts: tuple[int, int, int, int, int], **other: Any) -> NormRecord:
    """A norm with its five counts (met, breached, pending, unknown, not applicable) and the share that follows."""
    share, low, high = wilson(counts[0], counts[1])
    fields: dict[str, Any] = {
        "class_": "norm",
        "kind": "response",
        "theme": "timeliness",
        "says": {"nl": f"Norm {name} in het Nederlands.", "en": f"Norm {name} in English."},
        "source": SourceRecord("Wet verkeersboetes (verzonnen)", "law", "unread"),
        "valid": [{"from": "2000-01-01", "to": None}],
        "population": sum(counts),
        "share": share,
        "share_low": low,
        "share_high": high,
    }
    verdicts = dict(zip(("met", "breached", "pending", "unknown", "not_applicable"), counts, strict=True))
    return NormRecord(norm=name, **{**fields, **verdicts, **other})


def bars(*counts: int) -> list[Bar]:
    """A lateness distribution with the usual limits."""
    limits = [0, DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, None]
    ends = [(start, end) for start, end in pairwise(limits) if start is not None]
    return [Bar(start, end, count) for (start, end), count in zip(ends, counts, strict=False)]


SENT = norm(
    "fine-sent-within-90-days",
    (7_954, 1_203, 210, 14, 619),
    says={
        "nl": "Een boete wordt binnen 90 dagen na het opleggen verzonden.",
        "en": "A fine is sent within 90 days of being imposed.",
    },
    source=SourceRecord(
        "Wet verkeersboetes (verzonnen)", "law", "read", article="artikel 4, tweede lid", url="https://example.org/wet"
    ),
    valid=[{"from": "2000-01-01", "to": "2024-07-01"}, {"from": "2024-07-01", "to": None}],
    may_name_breach=True,
    supervisor="Inspectie Verkeersboetes (verzonnen)",
    addressee="Uitvoeringsdienst boetes (verzonnen)",
    lateness=bars(88, 391, 402, 245, 70, 7),
    worst=[
        Case("A100", "e-1", "breached", "2025-03-01T00:00:00Z", "35605800.5", "late"),
        Case("A12045", "e-22", "breached", "2025-04-11T09:30:00Z", "18144000", "late"),
        Case("A777", "e-31", "breached", "2025-09-30T23:59:59Z", "4320", "late"),
        Case("A9-2025-000812", "e-1288", "breached", "2025-11-02T00:00:00Z", None, "not-followed"),
    ],
    reasons={"late": 1_120, "not-followed": 83, "no-time": 14},
    sql=["SELECT case_id,\n       min(time) AS sent\nFROM takes_part\nWHERE kind IN (3, 4)\nGROUP BY case_id"],
)
ONE_PAYMENT = norm(
    "paid-before-collection",
    (420, 3, 0, 0, 1_990_000),
    theme="care",
    kind="precedence",
    says={
        "nl": "Voordat een incassobureau wordt ingeschakeld, heeft de burger een herinnering gekregen.",
        "en": "Before a collection agency is called in, the citizen has had a reminder.",
    },
    source=SourceRecord("Beleidsregel zorgvuldig invorderen (verzonnen)", "policy", "secondary", article="par. 3.1"),
    valid=[],
    class_="fact",
    worst=[
        Case(HOSTILE, LONG_ID, "breached", None, None, "not-preceded"),
        Case(LONG_ID, None, "breached", None, None, HOSTILE),
    ],
    reasons={"not-preceded": 2, HOSTILE: 1},
    warnings=[
        "No event in the store has the attribute `channel`.",
        "1 event type of the norm does not occur in the store: Send Reminder.",
    ],
    sql=["SELECT 1 -- <b>no markup</b>"],
)
CALLS = norm(
    "appeal-answered-in-time",
    (1_804, 131, 12, 2, 0),
    says={
        "nl": "Ten minste 90% van de bezwaren wordt binnen 12 weken beantwoord.",
        "en": "At least 90% of objections are answered within 12 weeks.",
    },
    source=SourceRecord("Jaarplan (verzonnen)", "target", "unread"),
    valid=[{"from": None, "to": "2027-01-01"}],
    target=0.9,
    reached=True,
    lateness=bars(12, 60, 41, 18, 0, 0),
    worst=[Case("B1", "e-77", "breached", "2025-10-01T00:00:00Z", "7772400", "late")],
)
TARGET_MISSED = norm(
    "letters-in-plain-language",
    (40, 19, 0, 4, 0),
    theme="care",
    kind="condition",
    says={"nl": "Ten minste 92,5% van de brieven is in gewone taal.", "en": "At least 92.5% of letters are plain."},
    source=SourceRecord("Handvest (verzonnen)", "concept", "unread"),
    target=0.925,
    reached=False,
)
RISK = norm(
    "registered-in-time",
    (9_100, 700, 0, 200, 0),
    theme="care",
    class_="risk",
    kind="condition",
    says={"nl": "Een gebeurtenis wordt binnen een dag geregistreerd.", "en": "An event is recorded within a day."},
    source=SourceRecord("Werkwijze (verzonnen)", "concept", "unread"),
)
NO_CASES = norm("suspended-drivers", (0, 0, 0, 0, 0), theme="elsewhere", source=None)
ONLY_PENDING = norm("waiting", (0, 0, 31, 2, 0), theme="")
PEOPLE = norm(
    "respectful-treatment",
    (0, 0, 0, 0, 0),
    theme="care",
    kind="human",
    computed=False,
    says={"nl": "De burger wordt met respect behandeld.", "en": "The citizen is treated with respect."},
    look_at={
        "nl": "De toon van brieven en gesprekken, en wat burgers daar zelf over zeggen.",
        "en": "The tone of letters and talks, and what citizens say of it themselves.",
    },
)
NO_DATA = norm(
    "interpreter-offered",
    (0, 0, 0, 0, 0),
    theme="care",
    kind="not_computable",
    computed=False,
    says={"nl": "Wie geen Nederlands spreekt krijgt een tolk.", "en": "Who speaks no Dutch is given an interpreter."},
    needs={"nl": "De taal van de burger.", "en": "The language of the citizen."},
)
NORMS = [SENT, CALLS, ONE_PAYMENT, TARGET_MISSED, RISK, PEOPLE, NO_DATA, NO_CASES, ONLY_PENDING]

CLEAN = DataRecord(
    store="clean-store",
    snapshot=1,
    manifest_sha256="b" * 64,
    events=100,
    objects={"case": 20},
    types=[TypeCount("Create Fine", 100)],
    first="2025-01-01T00:00:00Z",
    last="2025-12-31T23:59:59Z",
    unknown_time=0,
    rejected=0,
    corrected=0,
    late_registrations=0,
    registered_before=0,
    without_recorded=0,
    after_clock=0,
    ambiguous_time=0,
    sources=[SourceFile("clean.csv", "csv", "c" * 64, 10_240, 100, 100)],
)
DIRTY = DataRecord(
    store="fines-2025",
    snapshot=7,
    manifest_sha256="a1" * 32,
    events=56_148,
    objects={"case": 10_000, "party": 12},
    types=[TypeCount(f"Event type {index}", 9_000 - 500 * index) for index in range(14)],
    first="2024-12-30T08:15:00Z",
    last="2026-03-31T23:59:59Z",
    unknown_time=14,
    rejected=312,
    corrected=5,
    late_registrations=1_203,
    registered_before=6,
    without_recorded=4_400,
    after_clock=2,
    ambiguous_time=3,
    sources=[
        SourceFile("fines-2025.csv", "csv", "d" * 64, 12_400_000, 51_460, 51_148, 0, 312, 0, 14, 3, synthetic=True),
        SourceFile(
            "chain/" + "deep/" * 30 + "payments.xes.gz", "xes", "e" * 64, 734_003, 5_400, 5_000, 400, 0, 5, 0, 0
        ),
    ],
    attribute_conflicts=["amount: integer, text", "<i>channel</i>: boolean, text"],
)


def sample_run(**other: Any) -> RunRecord:
    """A run with every feature; fields may be replaced by name."""
    fields: dict[str, Any] = {
        "format": 1,
        "framework": FrameworkRecord(
            "nl/road-fines",
            "2026-01",
            {"nl": "Verkeersboetes", "en": "Road traffic fines"},
            {
                "timeliness": {"nl": "Tijdigheid", "en": "Timeliness"},
                "care": {"nl": "Zorgvuldigheid", "en": "Due care"},
                "unused": {"nl": "Ongebruikt", "en": "Unused"},
            },
            "f" * 64,
        ),
        "data": DIRTY,
        "as_of": "2026-04-01T14:30:00Z",
        "known_at": "2026-04-02T00:00:00Z",
        "keep_met": False,
        "engine": Engine("0.1.0", "2.0.0", "30.30.0", "2026.1"),
        "norms": NORMS,
        "shared_sql": ["CREATE TEMP TABLE moments AS\nSELECT object_id, time FROM takes_part"],
        "synthetic": True,
    }
    return RunRecord(**{**fields, **other})


def run_of(count: int) -> RunRecord:
    """A run of `count` full norms over ten themes, each with ten long cases, figures and SQL."""
    themes = {f"t{index}": {"nl": f"Thema {index}", "en": f"Theme {index}"} for index in range(10)}
    worst = [
        Case(f"urn:epc:id:sgtin:8712345.067890.{index:020d}", f"urn:uuid:{index:036d}", "breached",
             "2025-03-01T08:00:00Z", "12345678.5", "late")
        for index in range(10)
    ]  # fmt: skip
    sql = ["SELECT object_id, event_id, time + INTERVAL '90 days' AS due\nFROM moments\nWHERE kind = 12\n" * 12]
    norms = [
        norm(
            f"norm-{index}",
            (900 + index, 7 * index, 5, 3, 20),
            theme=f"t{index % 10}",
            says={
                "nl": f"Norm {index}: een besluit volgt binnen {index + 1} dagen op de aanvraag van de burger.",
                "en": f"Norm {index}: a decision follows the citizen's request within {index + 1} days.",
            },
            worst=worst,
            lateness=bars(40, 30, 20, 10, 5, 1),
            reasons={"late": 100, "not-followed": 5},
            sql=sql,
        )
        for index in range(count)
    ]
    framework = FrameworkRecord("nl/large", "1", {"nl": "Groot kader", "en": "Large framework"}, themes, "f" * 64)
    return sample_run(framework=framework, norms=norms)
