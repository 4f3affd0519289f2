"""Random small histories and random norms of every kind, for comparing the engine with the oracle.

Times are coarse, so that equal instants are frequent, and lie around the moments where calendars and clocks are odd: the
two changes of the clock, Easter, King's day, the turn of the year.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from engine import EACH, framework, norm, numbered
from hypothesis import strategies as st
from oracle import HOLDS, Happening, World
from oracle_terms import DAY, micros

from scherp.norms.formulas import parse_formula
from scherp.norms.model import (
    Absence,
    Check,
    Condition,
    Deadline,
    Duration,
    ExcludedHours,
    Extension,
    Framework,
    Occurrence,
    Pick,
    Precedence,
    Response,
    Selector,
    Separation,
    Suspension,
    Term,
    Unless,
    Valid,
)

HOUR = DAY // 24
TYPES = ("A", "B", "C", "D")
ERAS = tuple(
    micros(datetime(*start, tzinfo=UTC))
    for start in ((2025, 12, 22), (2026, 3, 27), (2026, 4, 1), (2026, 4, 23), (2026, 10, 22), (2026, 1, 28))
)
STEPS = (HOUR, 12 * HOUR, DAY, DAY, 5 * DAY)
ZONE = "Europe/Amsterdam"


@st.composite
def worlds(draw: st.DrawFn, dates: bool = False, types: tuple[str, ...] = TYPES) -> World:
    era, step = draw(st.sampled_from(ERAS)), DAY if dates else draw(st.sampled_from(STEPS))
    ids = [f"o{n}" for n in range(draw(st.integers(1, 4)))]
    moments = st.integers(0, 12).map(lambda n: era + n * step)
    gaps = draw(st.sampled_from([0, 0, 1]))  # in two worlds of three every time is known
    maybe = st.one_of(*[moments] * 8, *[st.none()] * gaps)
    happenings = []
    for one in ids:
        for _ in range(draw(st.integers(0, 8))):
            others = draw(st.sampled_from([(), (), (), tuple(ids[:1])]))
            attributes = draw(
                st.fixed_dictionaries(
                    {"colour": st.sampled_from(["red", "red", "blue", None]), "amount": st.sampled_from([1, 3, 4, None])}
                )
            )
            happenings.append(
                Happening(
                    "",
                    draw(st.sampled_from(types)),
                    draw(maybe),
                    tuple(dict.fromkeys((one, *others))),
                    draw(st.sampled_from(["p", "q", "r", None])),
                    draw(maybe),
                    attributes,
                )
            )
    happenings = draw(st.permutations(happenings))
    held = st.fixed_dictionaries({"until": maybe, "ceiling": st.sampled_from([0, 2, 5, None])})
    objects = {one: draw(held) for one in [*ids, "bare"]}
    as_of = draw(st.one_of(st.integers(-1, 16), st.integers(12, 40))) * step + era + draw(st.sampled_from([0, 0, 1, -1]))
    known_at = draw(st.one_of(*[st.none()] * 4, moments))
    listed = numbered(*happenings)
    back = (
        draw(st.sets(st.sampled_from([one.id for one in listed]), max_size=2))
        if listed and draw(st.booleans())
        else set()
    )
    return World(listed, objects, as_of, known_at, frozenset(back))


def selectors(types: tuple[str, ...] = TYPES, words: tuple[str, ...] = ()) -> st.SearchStrategy[Selector]:
    formulas = st.one_of(*[st.none()] * 4, st.sampled_from(sorted(HOLDS)).map(parse_formula))
    picks = st.builds(Pick, st.sampled_from(types + words), formulas)
    return st.lists(picks, min_size=1, max_size=2, unique_by=lambda pick: (pick.event, pick.where)).map(
        lambda found: Selector(tuple(found))
    )


@st.composite
def terms(draw: st.DrawFn, moved: bool = True) -> Term:
    calendar = draw(st.sampled_from([None, None, "nl-term", "nl-days", "nl-working-days", "excluded"]))
    units = {
        None: ("hours", "days", "weeks", "seconds"),
        "nl-term": ("days", "weeks", "months", "hours"),
        "nl-days": ("days", "weeks", "months", "years"),
        "nl-working-days": ("working days",),
        "excluded": ("hours", "minutes"),
    }[calendar]
    unit = draw(st.sampled_from(units))
    largest = {"hours": 60, "days": 20, "weeks": 3, "months": 2, "years": 1, "working days": 12}.get(unit, 4000)
    length = st.integers(1, largest)
    same = [u for u in units if (u in ("hours", "minutes", "seconds")) == (unit in ("hours", "minutes", "seconds"))]
    by = st.sampled_from(same if calendar else ["days", "hours"]).flatmap(
        lambda u: st.builds(Duration, st.integers(1, 5), st.just(u))
    )
    extensions = draw(st.lists(st.builds(Extension, selectors(), by), max_size=2)) if moved else []
    suspensions = draw(st.lists(st.builds(Suspension, selectors(), selectors()), max_size=2)) if moved else []
    hours = None
    if calendar == "excluded":
        start, end = draw(st.sampled_from([(1380, 420), (0, 540), (150, 180), (1200, 1439), (720, 1440), (170, 130)]))
        hours, calendar = ExcludedHours(start, end, ZONE), None
    return Term(Duration(draw(length), unit), calendar, tuple(extensions), tuple(suspensions), hours)


def responses(types: tuple[str, ...] = TYPES) -> st.SearchStrategy[Check]:
    pick = selectors(types)
    return st.builds(
        Response,
        st.just(EACH),
        pick,
        pick,
        st.one_of(st.none(), terms(), terms(), terms()),
        st.one_of(st.none(), st.builds(Unless, pick, st.one_of(st.none(), pick))),
        st.one_of(st.none(), st.none(), pick),
    )


@st.composite
def looking_back(draw: st.DrawFn) -> Term:
    unit = draw(st.sampled_from(["hours", "days", "weeks", "working days"]))
    length = Duration(draw(st.integers(1, 10)), unit)
    return Term(length, "nl-working-days" if unit == "working days" else None)


def precedences() -> st.SearchStrategy[Check]:
    return st.builds(Precedence, st.just(EACH), selectors(), selectors(), st.one_of(st.none(), looking_back()))


def absences() -> st.SearchStrategy[Check]:
    return st.builds(Absence, st.just(EACH), selectors(), st.one_of(st.none(), selectors()))


def occurrences() -> st.SearchStrategy[Check]:
    bounds = st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 3))).filter(
        lambda two: (two[0] or two[1] is not None) and (two[1] is None or two[0] <= two[1])
    )
    return st.builds(
        lambda event, two, by: Occurrence(EACH, event, two[0], two[1], by),
        selectors(),
        bounds,
        st.sampled_from([None, "until"]),
    )


def separations() -> st.SearchStrategy[Check]:
    return st.builds(Separation, st.just(EACH), st.tuples(selectors(), selectors()))


def deadlines() -> st.SearchStrategy[Check]:
    calendars = st.sampled_from([None, None, "nl-term", "nl-days", "nl-working-days"])
    return st.builds(Deadline, st.just(EACH), selectors(), st.just("until"), calendars)


def conditions() -> st.SearchStrategy[Check]:
    holds = st.sampled_from(sorted(HOLDS)).map(parse_formula)
    return st.one_of(
        st.builds(Condition, st.just(EACH), selectors(), holds),
        st.builds(Condition, st.just("event"), selectors(), holds).filter(lambda c: not _reads_a_case(c)),
    )


def _reads_a_case(check: Condition) -> bool:
    formulas = [check.holds, *(pick.where for pick in check.event.picks if pick.where)]
    return any("ceiling" in formula.text for formula in formulas)


VALIDITIES = st.sampled_from(
    [(Valid(),), (Valid(),), (Valid(),), (Valid(date(2026, 3, 30), date(2026, 4, 25)),), (Valid(end=date(2026, 1, 1)),)]
)


@st.composite
def frameworks(draw: st.DrawFn, checks: st.SearchStrategy[Check], most: int = 4) -> Framework:
    """Several norms; some have two entries of one id and a gap between them."""
    norms = []
    for number in range(draw(st.integers(1, most))):
        valid = draw(VALIDITIES)[0]
        norms.append(norm(draw(checks), f"n{number}", valid, number))
        if valid.end == date(2026, 4, 25) and draw(st.booleans()):
            later = Valid(date(2026, 4, 27), None)
            norms.append(norm(norms[-1].check, f"n{number}", later, number + 100))
    return framework(*norms)
