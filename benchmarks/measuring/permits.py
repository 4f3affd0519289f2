"""Frameworks over the synthetic permit log: six norms on order and time, six on order alone, and as many as asked.

Rule: a norm of a benchmark is written as any norm is; nothing in it is tuned to the engine.
"""

from __future__ import annotations

import json
from typing import Any

from measuring.log import STEPS

FIRST = STEPS[0][0]

MAPPING = {
    "case": "case_id", "activity": "activity", "time": "time", "resource": "officer", "event_id": "event_id",
    "zone": "UTC", "synthetic": True,
}  # fmt: skip

ORDER_AND_TIME: dict[str, dict[str, Any]] = {
    "receipt-confirmed": {
        "response": {"after": "Receive application", "follows": "Confirm receipt", "within": "10 days"}
    },
    "decided-in-time": {"response": {"after": "Receive application", "follows": "Decide", "within": "10 weeks"}},
    "notified": {"response": {"after": "Decide", "follows": "Notify applicant", "within": "6 weeks"}},
    "reviewed-first": {"precedence": {"event": "Decide", "needs": "Review"}},
    "asked-recently": {
        "precedence": {"event": "Receive information", "needs": "Ask for information", "within": "21 days"}
    },
    "no-fee-after-decision": {"absence": {"event": "Collect fee", "after": "Decide"}},
}
"""Norm id -> its check, without `each`."""

ORDER: dict[str, dict[str, Any]] = {
    "confirmed": {"response": {"after": "Receive application", "follows": "Confirm receipt"}},
    "assigned": {"response": {"after": "Receive application", "follows": "Assign officer"}},
    "notified": {"response": {"after": "Decide", "follows": "Notify applicant"}},
    "reviewed-first": {"precedence": {"event": "Decide", "needs": "Review"}},
    "asked-first": {"precedence": {"event": "Receive information", "needs": "Ask for information"}},
    "received-once": {"occurrence": {"event": "Receive application", "at_least": 1, "at_most": 1}},
}


def framework(name: str, checks: dict[str, dict[str, Any]]) -> str:
    """A framework file (JSON is YAML) with one norm for each check, each about the object type `case`."""
    norms = []
    for norm, check in checks.items():
        ((kind, keys),) = check.items()
        norms.append(
            {
                "norm": norm,
                "theme": "speed",
                "says": {"nl": norm, "en": norm},
                "source": {"text": "invented for a benchmark", "status": "concept", "checked": "unread"},
                "check": {kind: {"each": "case", **keys}},
                "examples": [{"says": "nothing", "events": [], "gives": {}}],
            }
        )
    title = {"nl": "Vergelijking", "en": "Benchmark"}
    themes = {"speed": {"nl": "Snelheid", "en": "Speed"}}
    document = {"framework": f"benchmark/{name}", "title": title, "version": "1", "themes": themes, "norms": norms}
    return json.dumps(document, indent=1)


COMMON = ("Confirm receipt", "Assign officer", "Review", "Second review", "Decide", "Notify applicant")
PAIRS = [(one, other) for place, one in enumerate(COMMON) for other in COMMON[place + 1 :]]


def many(count: int) -> dict[str, dict[str, Any]]:
    """`count` different norms, five kinds in turn, on the order and the time of all activities of the log.

    The limits lie a little inside the longest delay, so that most norms are breached by a few cases in a hundred.
    """
    last = {step[0]: int(24 * (step[2] + 0.6 * step[3])) for step in STEPS}  # hours, the longest delay
    found: dict[str, dict[str, Any]] = {}
    for number in range(count):
        turn, name = number // 10, STEPS[1 + number % 10][0]
        one, other = PAIRS[number % len(PAIRS)]
        soon = f"{last[name] - 2 * turn} hours"
        either = f"{min(last[one], last[other]) - 2 * turn} hours"
        patient = f"{24 * 50 - 2 * turn - number % 10} hours"
        checks: list[dict[str, dict[str, Any]]] = [
            {"response": {"after": FIRST, "follows": [one, other], "within": either}},
            {"precedence": {"event": name, "needs": FIRST, "within": soon}},
            {"response": {"after": "Review", "follows": ["Decide", "Notify applicant", "Close"], "within": patient}},
            {"absence": {"event": name, "after": "Close"} if name != "Close" else {"event": FIRST, "after": "Close"}},
            {"occurrence": {"event": [one, other], "at_least": 1, "at_most": 2 + turn % 3}},
        ]
        found[f"norm-{number + 1}"] = checks[(number + turn) % len(checks)]
    return found
