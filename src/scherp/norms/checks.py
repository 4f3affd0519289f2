"""Reads a check: the one part of a norm that is computed.

Rule: a check is one key, its kind, with the keys of that kind. What cannot be meant is refused here and not found out
when a norm is judged: a separation of a thing from itself, a number of events that excludes none, `each: event` where
objects are judged. Source: the plan of the house, section 4; the engine's decisions 8 and 13.
"""

from __future__ import annotations

from collections.abc import Callable

from scherp.norms.chain_checks import agreement, conservation, custody, level, lineage
from scherp.norms.cursor import Fields, Place, bilingual, fields, items, kind_of, text, whole
from scherp.norms.limits import MOVED_BY, calendar_name, duration, term
from scherp.norms.model import (
    Absence,
    Check,
    Condition,
    Deadline,
    Duration,
    Human,
    NotComputable,
    Occurrence,
    Precedence,
    Response,
    Selector,
    Separation,
    Term,
    Text,
    Unless,
)
from scherp.norms.selectors import NO_FORMULA, STAND_IN, formula, narrowed, selector
from scherp.norms.spelling import advice, shown
from scherp.norms.terms import unit_fault

_NO_TEXT: Text = {"nl": "", "en": ""}


def check(place: Place, look_at: Place | None = None) -> Check:
    """The check at a place. look_at: the norm's own key of that name, which the short form `check: human` needs."""
    if place.value == "human":
        return _short_human(place, look_at)
    if look_at is not None:
        look_at.refuse("'look_at' has no meaning beside this check", "Write it in the check: human: {look_at: …}")
    if not isinstance(place.value, dict):
        place.refuse(
            f"a check is a mapping with its kind as key, not {kind_of(place.value)}", _kinds_advice(place.value)
        )
        return Human(_NO_TEXT)
    for kind in place.value:
        if kind not in _KINDS:
            place.key(kind).refuse(f"{shown(kind)} is not a kind of check that is known", _kinds_advice(kind))
    if len(place.value) != 1:
        place.refuse(f"a check has exactly one kind, not {len(place.value)}", "Write a norm for each of them")
    read = [_KINDS[kind](place.key(kind)) for kind in place.value if kind in _KINDS]
    return read[0] if read else Human(_NO_TEXT)


def _short_human(place: Place, look_at: Place | None) -> Human:
    if look_at is None:
        place.refuse("'check: human' needs the key 'look_at' beside it, for what an assessor looks at")
        return Human(_NO_TEXT)
    return Human(bilingual(look_at))


def _kinds_advice(word: object) -> str:
    known = f"Known kinds are: {', '.join(_KINDS)}."
    hint = advice(word, _KINDS) if isinstance(word, str) else ""
    return f"{hint} {known}" if hint.startswith("Did") else known


def _each(got: Fields, also_event: bool = False) -> str:
    each = got.get("each", text, "?")
    if each == "event" and not also_event:
        got.at["each"].refuse(
            "'each: event' belongs to a condition or a conservation only", "Write the type of the objects judged"
        )
    return each


def _select(got: Fields, key: str) -> Selector:
    return got.get(key, selector, STAND_IN)


def _response(place: Place) -> Response:
    got = fields(place, "a response", ("each", "after", "follows"), ("within", *MOVED_BY, "unless", "until"))
    return Response(
        each=_each(got),
        after=_select(got, "after"),
        follows=_select(got, "follows"),
        within=term(got),
        unless=got.maybe("unless", _unless),
        until=got.maybe("until", selector),
    )


def _unless(place: Place) -> Unless:
    """`{occurs, before}`, or only a selector."""
    if not isinstance(place.value, dict) or "event" in place.value:
        return Unless(selector(place))
    got = fields(place, "'unless'", ("occurs",), ("before",))
    return Unless(_select(got, "occurs"), got.maybe("before", selector))


def _precedence(place: Place) -> Precedence:
    got = fields(place, "a precedence", ("each", "event", "needs"), ("within",))
    return Precedence(_each(got), _select(got, "event"), _select(got, "needs"), got.maybe("within", _looking_back))


def _looking_back(place: Place) -> Term:
    length: Duration = duration(place)
    calendar = "nl-working-days" if length.unit == "working days" else None
    if unit_fault(length, calendar) is not None:
        place.refuse(f"a precedence does not look back '{length}', whose length differs", "Write it in days or weeks")
    return Term(length, calendar)


def _absence(place: Place) -> Absence:
    got = fields(place, "an absence", ("each", "event"), ("after", "where"))
    events = narrowed(_select(got, "event"), got.maybe("where", formula))
    return Absence(_each(got), events, got.maybe("after", selector))


def _occurrence(place: Place) -> Occurrence:
    before = len(place.page.faults)
    got = fields(place, "an occurrence", ("each", "event"), ("at_least", "at_most", "by"))
    at_most = got.maybe("at_most", lambda number: whole(number, 0))
    at_least = got.get("at_least", lambda number: whole(number, 0), 1 if at_most is None else 0)
    sound = len(place.page.faults) == before
    if sound and at_most is None and at_least == 0:
        got.at["at_least"].refuse("'at_least: 0' without 'at_most' asks for nothing", "Write at least 1")
    if sound and at_most is not None and at_most < at_least:
        got.at["at_most"].refuse(f"'at_most' ({at_most}) is less than 'at_least' ({at_least})")
    return Occurrence(_each(got), _select(got, "event"), at_least, at_most, got.maybe("by", text))


def _separation(place: Place) -> Separation:
    got = fields(place, "a separation", ("each", "between"))
    listed = got.maybe("between", lambda pair: items(pair, "'between'")) or []
    sides = [selector(side) for side in listed]
    if "between" in got and isinstance(got.at["between"].value, list) and len(sides) != 2:
        got.at["between"].refuse(f"'between' holds two selectors, not {len(sides)}")
    first, second = (*sides, STAND_IN, STAND_IN)[:2]
    if len(sides) == 2 and set(first.picks) == set(second.picks) and first != STAND_IN:
        got.at["between"].refuse("the two sides of a separation are the same", "Name two different acts")
    return Separation(_each(got), (first, second))


def _deadline(place: Place) -> Deadline:
    got = fields(place, "a deadline", ("each", "event", "by"), ("calendar",))
    return Deadline(_each(got), _select(got, "event"), got.get("by", text, "?"), got.maybe("calendar", calendar_name))


def _condition(place: Place) -> Condition:
    got = fields(place, "a condition", ("each", "event", "holds"))
    return Condition(_each(got, also_event=True), _select(got, "event"), got.get("holds", formula, NO_FORMULA))


def _human(place: Place) -> Human:
    return Human(fields(place, "a norm for people", ("look_at",)).get("look_at", bilingual, _NO_TEXT))


def _not_computable(place: Place) -> NotComputable:
    return NotComputable(fields(place, "a norm without data", ("needs",)).get("needs", bilingual, _NO_TEXT))


_KINDS: dict[str, Callable[[Place], Check]] = {
    "response": _response,
    "precedence": _precedence,
    "absence": _absence,
    "occurrence": _occurrence,
    "separation": _separation,
    "deadline": _deadline,
    "condition": _condition,
    "level": level,
    "agreement": agreement,
    "conservation": conservation,
    "lineage": lineage,
    "custody": custody,
    "human": _human,
    "not_computable": _not_computable,
}
