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
NOT_CREATED = "breached: not-created"
CREATED_TWICE = "breached: created-twice"
AFTER_END = "breached: after-end"
NOT_ENDED = "breached: not-ended"
NOT_SENT = "breached: not-sent"
NOT_HELD = "breached: not-held"
OTHER_PLACE = "breached: other-place"
BELOW_LEVEL = "breached: below-level"
ABOVE_LEVEL = "breached: above-level"
NOT_RECEIVED = "breached: not-received"
SET_DIFFERS = "breached: set-differs"
QUANTITY_DIFFERS = "breached: quantity-differs"
SHORTFALL = "breached: shortfall"
SURPLUS = "breached: surplus"
NO_ORIGIN = "breached: no-origin"
BROKEN_LINE = "breached: broken-line"
RUNNING = "pending: running"
INCOMPLETE = "pending: feed-incomplete"
NO_TIME = "unknown: no-time"
OTHER_WITHOUT_TIME = "unknown: other-without-time"
ACTOR_MISSING = "unknown: actor-missing"
ATTRIBUTE_MISSING = "unknown: attribute-missing"
OFF_CALENDAR = "unknown: off-calendar"
QUANTITY_MISSING = "unknown: quantity-missing"
UNITS_DIFFER = "unknown: units-differ"
LIMIT_MISSING = "unknown: limit-missing"
ORDER_UNCLEAR = "unknown: order-unclear"
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
    "not-created": {"nl": "niet bekend hoe het ontstond", "en": "it is not known how it came to be"},
    "created-twice": {"nl": "twee keer ontstaan", "en": "it came to be twice"},
    "after-end": {"nl": "gebeurde nog na het einde", "en": "it happened after the end"},
    "not-ended": {"nl": "ongedaan gemaakt zonder einde", "en": "undone where nothing had ended"},
    "not-sent": {"nl": "ontvangen zonder dat het was verzonden", "en": "received without having been sent"},
    "not-held": {"nl": "gebeurde terwijl het onderweg was", "en": "it happened while it was under way"},
    "other-place": {"nl": "op een andere plaats dan waar het was", "en": "at another place than where it was held"},
    "below-level": {"nl": "lager dan toegestaan", "en": "lower than allowed"},
    "above-level": {"nl": "hoger dan toegestaan", "en": "higher than allowed"},
    "not-received": {"nl": "verzonden en niet ontvangen", "en": "sent and not received"},
    "set-differs": {"nl": "beide kanten noemen niet hetzelfde", "en": "the two sides do not name the same"},
    "quantity-differs": {"nl": "beide kanten noemen andere hoeveelheden", "en": "the two sides name other quantities"},
    "shortfall": {"nl": "er kwam minder uit dan erin ging", "en": "less came out than went in"},
    "surplus": {"nl": "er kwam meer uit dan erin ging", "en": "more came out than went in"},
    "no-origin": {"nl": "niet bekend waar het gemaakt is", "en": "it is not known where it was made"},
    "broken-line": {"nl": "de lijn naar de oorsprong is onderbroken", "en": "the line to an origin is broken"},
    "running": {"nl": "de termijn loopt nog", "en": "the term still runs"},
    "feed-incomplete": {"nl": "de aanlevering kan nog onvolledig zijn", "en": "the data may still be incomplete"},
    "no-time": {"nl": "het tijdstip ontbreekt", "en": "its time is missing"},
    "other-without-time": {
        "nl": "het tijdstip van een ander voorval ontbreekt",
        "en": "another event's time is missing",
    },
    "actor-missing": {"nl": "niet vastgelegd wie het deed", "en": "who did it is not recorded"},
    "attribute-missing": {"nl": "een gegeven ontbreekt", "en": "an attribute is missing"},
    "off-calendar": {"nl": "valt buiten de kalender", "en": "lies outside the calendar"},
    "quantity-missing": {"nl": "een hoeveelheid ontbreekt", "en": "a quantity is missing"},
    "units-differ": {"nl": "hoeveelheden in verschillende eenheden", "en": "quantities in different units"},
    "limit-missing": {"nl": "de grenswaarde ontbreekt", "en": "the limit is missing"},
    "order-unclear": {"nl": "te veel op één tijdstip om te ordenen", "en": "too much at one instant to put in order"},
    "excused": {"nl": "uitzondering van toepassing", "en": "an exception applies"},
    "not-valid-then": {"nl": "de norm gold toen niet", "en": "the norm did not hold then"},
}


def case(branches: list[tuple[str, str]], otherwise: str) -> str:
    """A CASE of (condition, outcome) in order; branches that a constant `false` decides are left out."""
    kept = [(c, outcome) for c, outcome in branches if c != "false" and not c.lower().endswith(" and false")]
    whens = " ".join(f"WHEN {condition} THEN '{outcome}'" for condition, outcome in kept)
    return f"CASE {whens} ELSE '{otherwise}' END" if whens else f"'{otherwise}'"


def rows_of(
    number: int, selector: int | None, inner: str, keep_met: bool, lateness: str = "NULL", amount: str = "NULL"
) -> str:
    """The rows of one norm from `inner` (object_id, event_id, outcome, due); those not met, or all.

    lateness, amount: SQL over `inner`: seconds too late, and what is too much or too little."""
    where = "" if keep_met else f" WHERE outcome <> '{MET}'"
    picked = "NULL" if selector is None else str(selector)
    return (
        f"SELECT {number} AS norm, object_id, event_id, CAST({picked} AS INTEGER) AS selector, outcome, due, "
        f"{lateness} AS lateness, "
        f"TRY_CAST({amount} AS DECIMAL(24,6)) AS amount FROM ({inner}){where}"
    )


def seconds_between(later: str, earlier: str) -> str:
    """Seconds from one timestamp to another as an exact decimal."""
    return f"CAST(epoch_us({later}) - epoch_us({earlier}) AS DECIMAL(24, 0)) * CAST(0.000001 AS DECIMAL(7, 6))"
