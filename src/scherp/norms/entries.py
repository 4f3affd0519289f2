"""Reads one norm: what it says, where that comes from, from when to when, its check and its examples.

Rule: a norm that is computed carries examples, which `norms check` demands and runs; a parameter is used by the check, or
it is a number that a lawyer may change without any effect. Source: the plan of the house, section 4; the engine's decision 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast, get_args

from scherp.norms.checks import check
from scherp.norms.cursor import Place, bilingual, choice, day, entries, fields, kind_of, pattern, text
from scherp.norms.examples import examples
from scherp.norms.model import (
    Check,
    Checked,
    Confirmed,
    Formula,
    Human,
    Level,
    Norm,
    NormClass,
    NotComputable,
    Parameter,
    Share,
    Source,
    SourceStatus,
    Valid,
)
from scherp.norms.selectors import parts
from scherp.norms.spelling import advice, nearest, shown

_NEED = ("norm", "theme", "says", "source", "check")
_MAY = (
    *("valid", "class", "examples", "parameters", "share", "supervisor", "addressee", "confirmed", "note"),
    "look_at",
)
WORD = re.compile(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ORIGIN = re.compile(r"[^.\s][^.]*\.\S(?:.*\S)?")
_URL = re.compile(r"https?://[^\s/]+\S*")
_BLANK = {"nl": "", "en": ""}


def norm(place: Place, themes: tuple[str, ...] | None) -> Norm:
    """The norm at a place. themes: those of the framework; None: they could not be read."""
    got = fields(place, "a norm", _NEED, _MAY)
    before = len(place.page.faults)
    looked = got.at.get("look_at")
    made: Check = check(got.at["check"], looked) if "check" in got else Human(_BLANK)
    sound = "check" in got and len(place.page.faults) == before
    parameters = got.maybe("parameters", _parameters) or ()
    if sound:
        _check_use(place, made, parameters)
    computed = not isinstance(made, Human | NotComputable)
    if sound and not computed and "examples" in got:
        got.at["examples"].refuse("a norm that is not computed has no examples to run", "Leave 'examples' out")
    return Norm(
        norm=got.get("norm", _identifier, ""),
        theme=got.get("theme", lambda word: _theme(word, themes), ""),
        says=got.get("says", bilingual, _BLANK),
        source=got.get("source", _source, Source("", "concept", "unread")),
        check=made,
        norm_class=cast(NormClass, got.get("class", _one_of(NormClass, "a class of norm"), "norm")),
        valid=got.get("valid", _valid, Valid()),
        examples=got.get("examples", lambda listed: examples(listed, made.each), ()),
        parameters=parameters,
        share=got.maybe("share", _share),
        supervisor=got.maybe("supervisor", text),
        addressee=got.maybe("addressee", text),
        confirmed=got.maybe("confirmed", _confirmed),
        note=got.maybe("note", bilingual),
        path=place.path,
    )


def _theme(place: Place, themes: tuple[str, ...] | None) -> str:
    return text(place) if themes is None else choice(place, themes, "a theme of this framework")


def _identifier(place: Place) -> str:
    return pattern(place, WORD, "the id of a norm", "Write letters, digits and single hyphens, as in 'fine-sent'")


def _one_of(words: Any, what: str) -> Callable[[Place], str]:
    known: tuple[str, ...] = get_args(words)
    return lambda place: choice(place, known, what)


def _source(place: Place) -> Source:
    got = fields(place, "a source", ("text", "status", "checked"), ("article", "url"))
    return Source(
        text=got.get("text", text, ""),
        status=cast(SourceStatus, got.get("status", _one_of(SourceStatus, "a status of a source"), "concept")),
        checked=cast(Checked, got.get("checked", _one_of(Checked, "a way to have checked a source"), "unread")),
        article=got.maybe("article", text),
        url=got.maybe("url", _url),
    )


def _url(place: Place) -> str:
    return pattern(place, _URL, "an address", "Write it with 'https://' in front")


def _confirmed(place: Place) -> Confirmed | None:
    got = fields(place, "'confirmed'", ("by", "on"))
    by, on = got.maybe("by", text), got.maybe("on", day)
    return None if by is None or on is None else Confirmed(by, on)


def _valid(place: Place) -> Valid:
    got = fields(place, "'valid'", (), ("from", "to"))
    before = len(place.page.faults)
    start, end = got.maybe("from", day), got.maybe("to", day)
    if start and end and end <= start and len(place.page.faults) == before:
        place.refuse(f"'valid' ends on {end}, which is not after {start}", "The day 'to' is the first day not included")
    return Valid(start, end)


def _share(place: Place) -> Share:
    asked = fields(place, "'share'", ("at_least",)).maybe("at_least", _fraction)
    return Share(asked or Decimal(1))


def _fraction(place: Place) -> Decimal | None:
    value = place.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 < value <= 1:
        return Decimal(value)
    place.refuse("a share is a number above 0 and at most 1", "Write 95 % as 0.95")
    return None


def _parameters(place: Place) -> tuple[Parameter, ...]:
    return tuple(_parameter(name, value) for name, value in entries(place, "'parameters'"))


def _parameter(name: str, place: Place) -> Parameter:
    if not _PARAMETER.fullmatch(name):
        place.refuse(f"{shown(name)} is not a name that a formula can use", "Write letters, digits and underscores")
    got = fields(place, "a parameter", (), ("from", "default", "status"))
    if isinstance(place.value, dict) and "from" not in got and "default" not in got:
        place.refuse("a parameter needs the key 'from' or 'default'")
    return Parameter(
        name=name,
        origin=got.maybe("from", lambda at: pattern(at, _ORIGIN, "a type and an attribute", "Write it as site.limit")),
        default=got.maybe("default", _constant),
        status=cast(SourceStatus, got.get("status", _one_of(SourceStatus, "a status of a source"), "policy")),
    )


def _constant(place: Place) -> str | int | Decimal | bool | None:
    value = place.value
    if isinstance(value, str | int | Decimal):
        return value
    place.refuse(f"a default is one value, not {kind_of(value)}")
    return None


def _check_use(place: Place, made: Check, parameters: tuple[Parameter, ...]) -> None:
    """Every parameter is a name in some formula of the check, or a bound of a level."""
    used = {name.casefold(): name for found in parts(made, Formula) for name in found.names}
    if isinstance(made, Level):
        used |= _bounds(place, made, parameters)
    for parameter in parameters:
        if parameter.name.casefold() not in used:
            like = nearest(parameter.name, used.values(), likeness=0.75)
            remedy = f"Did you mean '{like}'?" if like else "Use it in a formula, or leave it out"
            here = place.key("parameters").key(parameter.name)
            here.refuse(f"no formula of the check uses the parameter '{parameter.name}'", remedy)


def _bounds(place: Place, made: Level, parameters: tuple[Parameter, ...]) -> dict[str, str]:
    """The parameters that a level's bounds name; each of them is there, and a number."""
    known = {parameter.name: parameter for parameter in parameters}
    named = [bound for bound in (made.never_below, made.never_above) if isinstance(bound, str)]
    for name in named:
        if name not in known:
            place.key("check").refuse(f"{shown(name)} is no parameter of this norm", advice(name, known) or "Add it")
        elif isinstance(known[name].default, str | bool):
            here = place.key("parameters").key(name)
            here.refuse(f"the parameter '{name}' is a bound of a level, and its default is no number")
    return {name.casefold(): name for name in named}
