"""What a run tells of each norm's cases: reasons, the worst of them, how late they are, and the share that met.

Rule: a share is met / (met + breached), with its interval and never without its population; the cases shown are the
worst by lateness, then by amount, then the oldest due. Source: the plan of the house, sections 4 and 5; the engine's decision 8.
"""

from __future__ import annotations

from itertools import pairwise

from scherp.events.database import Database, rows
from scherp.events.instants import iso
from scherp.judging.judge import Judgement, NormOutcome
from scherp.judging.record import Bar, Case, NormRecord, SourceRecord
from scherp.norms.model import Framework, Human, Norm, NotComputable
from scherp.reports.statistics import wilson

_SHOWN = 10
_HOUR, _DAY = 3600, 86_400
_BOUNDS = (0, _HOUR, _DAY, 7 * _DAY, 30 * _DAY, 90 * _DAY, 365 * _DAY)


def norm_records(database: Database, framework: Framework, judgement: Judgement) -> list[NormRecord]:
    """One record for each norm id, in the framework's order, from the table `verdicts`."""
    worst, reasons, bars = _worst(database), _reasons(database), _lateness(database)
    found = []
    for outcome in judgement.norms:
        entries = [norm for norm in framework.norms if norm.norm == outcome.norm]
        record = _record(entries, outcome)
        record.worst = worst.get(outcome.norm, [])
        record.reasons = reasons.get(outcome.norm, {})
        record.lateness = bars.get(outcome.norm, [])
        found.append(record)
    return found


def _record(entries: list[Norm], outcome: NormOutcome) -> NormRecord:
    norm, counts = entries[-1], outcome.counts
    decided = counts["met"] + counts["breached"]
    share, low, high = wilson(counts["met"], counts["breached"]) if decided else (None, None, None)
    target = float(norm.share.at_least) if norm.share else None
    check, source = norm.check, norm.source
    return NormRecord(
        norm=norm.norm,
        class_=norm.norm_class,
        kind=check.kind,
        theme=norm.theme,
        says=norm.says,
        source=SourceRecord(source.text, source.status, source.checked, source.article, source.url),
        valid=[
            {"from": n.valid.start.isoformat() if n.valid.start else None, "to": n.valid.end.isoformat() if n.valid.end else None}
            for n in entries
        ],
        population=outcome.population,
        met=counts["met"],
        breached=counts["breached"],
        pending=counts["pending"],
        unknown=counts["unknown"],
        not_applicable=counts["not_applicable"],
        share=share,
        share_low=low,
        share_high=high,
        target=target,
        # exact, not by the rounded share: floats never decide
        reached=None if norm.share is None or not decided else counts["met"] >= norm.share.at_least * decided,
        may_name_breach=all(entry.names_a_breach for entry in entries),
        supervisor=norm.supervisor,
        addressee=norm.addressee,
        computed=outcome.computed,
        look_at=check.look_at if isinstance(check, Human) else None,
        needs=check.needs if isinstance(check, NotComputable) else None,
        warnings=list(outcome.warnings),
        sql=list(outcome.sql),
    )  # fmt: skip


def _worst(database: Database) -> dict[str, list[Case]]:
    found = rows(
        database,
        f"""SELECT norm, object, event, verdict, epoch_us(due), CAST(lateness AS VARCHAR), reason, CAST(amount AS VARCHAR) FROM (
          SELECT *, row_number() OVER (PARTITION BY norm ORDER BY verdict, lateness DESC NULLS LAST, amount DESC NULLS LAST,
            due NULLS LAST, object NULLS LAST, event NULLS LAST) AS place FROM verdicts WHERE verdict IN ('breached', 'unknown'))
        WHERE place <= {_SHOWN} ORDER BY norm, place""",
    )
    worst: dict[str, list[Case]] = {}
    for norm, object_id, event, verdict, due, lateness, reason, amount in found:
        worst.setdefault(norm, []).append(Case(object_id or "", event, verdict, iso(due), lateness, reason, amount))
    return worst


def _reasons(database: Database) -> dict[str, dict[str, int]]:
    reasons: dict[str, dict[str, int]] = {}
    counted = "SELECT norm, reason, count(*) FROM verdicts WHERE reason IS NOT NULL GROUP BY ALL ORDER BY 1, 3 DESC, 2"
    for norm, reason, count in rows(database, counted):
        reasons.setdefault(norm, {})[reason] = count
    return reasons


def _lateness(database: Database) -> dict[str, list[Bar]]:
    edges = [*_BOUNDS, None]
    tests = ", ".join(
        f"count(*) FILTER (lateness >= {low}{f' AND lateness < {high}' if high else ''})"
        for low, high in pairwise(edges)
    )
    found = rows(database, f"SELECT norm, {tests} FROM verdicts WHERE lateness IS NOT NULL GROUP BY norm")
    return {
        norm: [Bar(int(low or 0), high, count) for (low, high), count in zip(pairwise(edges), counts, strict=True)]
        for norm, *counts in found
    }
