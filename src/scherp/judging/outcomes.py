"""Outcomes: a verdict and the reason for it, as one word pair that SQL can give.

Rule: the five verdicts of the plan of the house (section 4) and, for each way to reach one, a reason that the report can
say in both languages. An outcome is written `verdict: reason`; `met` needs no reason.
"""

from __future__ import annotations

MET = "met"
LATE = "breached: late"
NOT_FOLLOWED = "breached: not-followed"
ENDED_FIRST = "breached: ended-first"
NOT_PRECEDED = "breached: not-preceded"
PRECEDED_TOO_EARLY = "breached: preceded-too-early"
OCCURRED = "breached: occurred"
TOO_FEW = "breached: too-few"
TOO_MANY = "breached: too-many"
SAME_ACTOR = "breached: same-actor"
NOT_DONE = "breached: not-done"
NOT_SO = "breached: not-so"
RUNNING = "pending: running"
NO_TIME = "unknown: no-time"
OTHER_WITHOUT_TIME = "unknown: other-without-time"
ACTOR_MISSING = "unknown: actor-missing"
ATTRIBUTE_MISSING = "unknown: attribute-missing"
EXCUSED = "not_applicable: excused"
NOT_VALID = "not_applicable: not-valid-then"

REASONS: dict[str, dict[str, str]] = {
    "late": {"nl": "later dan toegestaan", "en": "later than allowed"},
    "not-followed": {"nl": "niet gevolgd binnen de termijn", "en": "not followed within the term"},
    "ended-first": {"nl": "geëindigd voordat het volgde", "en": "ended before it followed"},
    "not-preceded": {"nl": "ging niet vooraf", "en": "did not come before"},
    "preceded-too-early": {"nl": "ging te lang vooraf", "en": "came too long before"},
    "occurred": {"nl": "kwam toch voor", "en": "occurred all the same"},
    "too-few": {"nl": "te weinig keren", "en": "too few times"},
    "too-many": {"nl": "te veel keren", "en": "too many times"},
    "same-actor": {"nl": "door dezelfde gedaan", "en": "done by the same actor"},
    "not-done": {"nl": "niet gedaan voor de uiterste datum", "en": "not done before the deadline"},
    "not-so": {"nl": "aan de voorwaarde is niet voldaan", "en": "the condition does not hold"},
    "running": {"nl": "de termijn loopt nog", "en": "the term still runs"},
    "no-time": {"nl": "het tijdstip ontbreekt", "en": "its time is missing"},
    "other-without-time": {"nl": "het tijdstip van een ander voorval ontbreekt", "en": "another event's time is missing"},
    "actor-missing": {"nl": "niet vastgelegd wie het deed", "en": "who did it is not recorded"},
    "attribute-missing": {"nl": "een gegeven ontbreekt", "en": "an attribute is missing"},
    "excused": {"nl": "uitzondering van toepassing", "en": "an exception applies"},
    "not-valid-then": {"nl": "de norm gold toen niet", "en": "the norm did not hold then"},
}


def case(branches: list[tuple[str, str]], otherwise: str) -> str:
    """A CASE of (condition, outcome) in order; branches whose condition is the constant `false` are left out."""
    kept = [(condition, outcome) for condition, outcome in branches if condition != "false"]
    whens = " ".join(f"WHEN {condition} THEN '{outcome}'" for condition, outcome in kept)
    return f"CASE {whens} ELSE '{otherwise}' END" if whens else f"'{otherwise}'"


def rows_of(number: int, selector: int | None, inner: str, keep_met: bool, lateness: str = "NULL") -> str:
    """The rows of one norm from `inner` (object_id, event_id, outcome, due); those not met, or all."""
    where = "" if keep_met else f" WHERE outcome <> '{MET}'"
    picked = "NULL" if selector is None else str(selector)
    return (
        f"SELECT {number} AS norm, object_id, event_id, CAST({picked} AS INTEGER) AS selector, outcome, due, "
        f"{lateness} AS lateness FROM ({inner}){where}"
    )


def seconds_between(later: str, earlier: str) -> str:
    """Seconds from one timestamp to another as an exact decimal."""
    return f"CAST(epoch_us({later}) - epoch_us({earlier}) AS DECIMAL(24, 0)) * CAST(0.000001 AS DECIMAL(7, 6))"
