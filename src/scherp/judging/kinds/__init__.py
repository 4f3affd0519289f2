"""The kinds of checks, one file each: how a norm of that kind becomes SQL.

Rule: a kind knows its own meaning and nothing of the others; adding one is adding a file and a line here. Source: the
engine's decision 14.
"""

from __future__ import annotations

from collections.abc import Callable

from scherp.judging.kinds import (
    absence,
    agreement,
    condition,
    conservation,
    custody,
    deadline,
    level,
    lineage,
    occurrence,
    precedence,
    response,
    separation,
)
from scherp.judging.plan import Entry, Judged, Pass

PLANS: dict[str, Callable[[Entry, Pass, bool], Judged]] = {
    "response": response.plan,
    "precedence": precedence.plan,
    "absence": absence.plan,
    "occurrence": occurrence.plan,
    "separation": separation.plan,
    "deadline": deadline.plan,
    "condition": condition.plan,
    "level": level.plan,
    "agreement": agreement.plan,
    "conservation": conservation.plan,
    "lineage": lineage.plan,
    "custody": custody.plan,
}
