"""A framework of norms as data: what `norms.read` makes of a YAML file and `judging` turns into SQL.

Rule: a norm is a sentence with a legal source, a validity and a check; everything a lawyer may change is in the file,
nothing of it in code. Source of the structure: the plan of the house, section 4 (framework > theme > norm > check) and
the engine's decisions 3, 6, 8, 10 and 13.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

Language = Literal["nl", "en"]
Text = dict[str, str]
"""A bilingual text: keys `nl` and `en`, both present."""

NormClass = Literal["fact", "norm", "risk"]
SourceStatus = Literal["law", "policy", "target", "concept"]
Checked = Literal["read", "secondary", "unread"]
Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "months", "years", "working days"]


@dataclass(frozen=True)
class Formula:
    """A parsed, allow-listed SQL boolean. text: as written. tree: SQLGlot's tree; its columns are attribute names."""

    text: str
    tree: Expression = field(compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The attribute names it reads, qualified ones as `case.channel`, in order of appearance, without repeats."""
        from sqlglot import exp

        found: dict[str, None] = {}
        for column in self.tree.find_all(exp.Column):
            found[f"{column.table}.{column.name}" if column.table else column.name] = None
        return tuple(found)


@dataclass(frozen=True)
class Pick:
    """One way to pick events: by type (or vocabulary word), and perhaps by a condition on their attributes."""

    event: str
    where: Formula | None = None


@dataclass(frozen=True)
class Selector:
    """Which events are meant: those that any of the picks picks. Never empty."""

    picks: tuple[Pick, ...]

    @property
    def label(self) -> str:
        """The events' names as a reader sees them."""
        return " / ".join(pick.event for pick in self.picks)


@dataclass(frozen=True)
class Duration:
    """A length of time as the norm writes it: `90 days`. count > 0."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


@dataclass(frozen=True)
class Extension:
    """The term grows by `by` once when such an event happens no later than the due moment it then has."""

    event: Selector
    by: Duration


@dataclass(frozen=True)
class Suspension:
    """The term stands still from each `start` event until the next `end` event (or the moment of judging)."""

    start: Selector
    end: Selector


@dataclass(frozen=True)
class ExcludedHours:
    """Daily hours of the clock that do not count, from `start` to `end` (minutes after midnight), in a zone."""

    start: int
    end: int
    zone: str


@dataclass(frozen=True)
class Term:
    """A limit in time.

    calendar: None means that N days are N x 24 hours; `nl-term`, `nl-days` or `nl-working-days` count local days.
    """

    length: Duration
    calendar: str | None = None
    extended_by: tuple[Extension, ...] = ()
    suspended_by: tuple[Suspension, ...] = ()
    excluded_hours: ExcludedHours | None = None


@dataclass(frozen=True)
class Unless:
    """The norm does not apply where `occurs` happens, after the trigger and by the due moment, no later than the first
    `before` (default: the follower)."""

    occurs: Selector
    before: Selector | None = None


@dataclass(frozen=True)
class Response:
    each: str
    after: Selector
    follows: Selector
    within: Term | None = None
    unless: Unless | None = None
    until: Selector | None = None
    kind: Literal["response"] = "response"


@dataclass(frozen=True)
class Precedence:
    each: str
    event: Selector
    needs: Selector
    within: Term | None = None
    kind: Literal["precedence"] = "precedence"


@dataclass(frozen=True)
class Absence:
    """`where` is already part of the selector `event`."""

    each: str
    event: Selector
    after: Selector | None = None
    kind: Literal["absence"] = "absence"


@dataclass(frozen=True)
class Occurrence:
    """at_least <= number of events <= at_most. by: the attribute until whose moment the events count, and until which
    too few is `pending`."""

    each: str
    event: Selector
    at_least: int = 0
    at_most: int | None = None
    by: str | None = None
    kind: Literal["occurrence"] = "occurrence"


@dataclass(frozen=True)
class Separation:
    each: str
    between: tuple[Selector, Selector]
    kind: Literal["separation"] = "separation"


@dataclass(frozen=True)
class Deadline:
    """by: an attribute of the object (or, failing that, of its events). calendar: the deadline is the end of that
    local day, moved where the calendar says so."""

    each: str
    event: Selector
    by: str
    calendar: str | None = None
    kind: Literal["deadline"] = "deadline"


@dataclass(frozen=True)
class Condition:
    """each may be `event`: then every event is judged once, whatever objects take part."""

    each: str
    event: Selector
    holds: Formula
    kind: Literal["condition"] = "condition"


@dataclass(frozen=True)
class Level:
    """The level of each key is what was added minus what was removed, up to a moment.

    key: `place`, `actor` or an attribute. measure: `count`, `quantity` or an attribute. never_below, never_above: a
    number or the name of a parameter, which is then read from the object whose id is the key. At least one of them.
    """

    each: str
    key: str
    adds: Selector
    removes: Selector
    measure: str = "count"
    never_below: Decimal | str | None = None
    never_above: Decimal | str | None = None
    complete_within: Duration | None = None
    kind: Literal["level"] = "level"


@dataclass(frozen=True)
class Agreement:
    """The two sides name the same set of objects of type `on`, in the same quantities. within: no calendar."""

    each: str
    between: tuple[Selector, Selector]
    on: str
    within: Term | None = None
    complete_within: Duration | None = None
    kind: Literal["agreement"] = "agreement"


@dataclass(frozen=True)
class Measure:
    """What is added up over an event: `count`, `quantity` or an attribute, of the objects of a type in these roles
    (empty: any role). objects None: an attribute of the event itself, counted once."""

    measure: str
    objects: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tolerance:
    """amount: >= 0, as a percentage of the inputs, or in the unit that is measured."""

    amount: Decimal
    percent: bool = False


@dataclass(frozen=True)
class Conservation:
    """inputs = outputs + losses; `tolerance` where less came out than went in, `gain` where more did."""

    each: str
    event: Selector
    inputs: tuple[Measure, ...]
    outputs: tuple[Measure, ...]
    losses: tuple[Measure, ...]
    tolerance: Tolerance
    gain: Tolerance
    kind: Literal["conservation"] = "conservation"


@dataclass(frozen=True)
class Lineage:
    """where: about the origin's event and object; it is written with the origin's own attributes."""

    each: str
    made_by: Selector
    through: Selector
    reaches: Selector
    where: Formula | None = None
    complete_within: Duration | None = None
    kind: Literal["lineage"] = "lineage"


@dataclass(frozen=True)
class Custody:
    each: str
    creates: Selector
    leaves: Selector
    arrives: Selector
    ends: Selector
    undoes: Selector | None = None
    refuses: Selector | None = None
    lost: Selector | None = None
    seen: Selector | None = None
    complete_within: Duration | None = None
    kind: Literal["custody"] = "custody"


@dataclass(frozen=True)
class Human:
    """A norm that only people can judge: what an assessor looks at."""

    look_at: Text
    each: str = ""
    kind: Literal["human"] = "human"


@dataclass(frozen=True)
class NotComputable:
    """A norm whose check needs data that no store has; it stands so on the report."""

    needs: Text
    each: str = ""
    kind: Literal["not_computable"] = "not_computable"


Check = (
    Response
    | Precedence
    | Absence
    | Occurrence
    | Separation
    | Deadline
    | Condition
    | Level
    | Agreement
    | Conservation
    | Lineage
    | Custody
    | Human
    | NotComputable
)


@dataclass(frozen=True)
class Source:
    """Where a norm comes from. Only status `law` that was `read`, with a confirmed article, may be called a breach of
    law on a screen; every other norm is shown as a concept norm whose source is to be confirmed."""

    text: str
    status: SourceStatus
    checked: Checked
    article: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Confirmed:
    """A lawyer confirmed the article text: by whom (a role or an office, no person's name) and when."""

    by: str
    on: date


@dataclass(frozen=True)
class Valid:
    """Local dates; the end is exclusive. None: open on that side."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Parameter:
    """A value that a lawyer or inspector may set without touching the check. origin: `case.limit` or `site.limit`, the
    attribute that it is read from; default: the constant where there is none (None: unknown)."""

    name: str
    origin: str | None = None
    default: str | int | Decimal | bool | None = None
    status: SourceStatus = "policy"


@dataclass(frozen=True)
class Share:
    """The norm judges the population, not the case: met / (met + breached) is at least this share (0 < x <= 1)."""

    at_least: Decimal


@dataclass(frozen=True)
class Part:
    """How an object takes part in an event of an example. quantity: a decimal in `unit`."""

    role: str = ""
    quantity: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True)
class ExampleEvent:
    """One event of an example. time None: unknown. objects: (id, type) pairs; type "" means the check's own `each`.
    parts: how each of the objects takes part, in the same order; empty where nothing is said of it."""

    time: str | None
    event: str
    objects: tuple[tuple[str, str], ...]
    actor: str | None = None
    recorded: str | None = None
    place: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Example:
    """A tiny history and what the norm makes of it. gives: the verdicts that are not zero.

    objects: attributes of objects by id, also of objects without an event. zone: of times without an offset (UTC).
    """

    says: str
    events: tuple[ExampleEvent, ...]
    gives: dict[str, int]
    as_of: str | None = None
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True)
class Norm:
    """One entry of a framework. Entries may share `norm` where their `valid` ranges do not overlap. path: where in the
    file it stands, `$.norms[3]`, for sentences about it."""

    norm: str
    theme: str
    says: Text
    source: Source
    check: Check
    norm_class: NormClass = "norm"
    valid: Valid = Valid()
    examples: tuple[Example, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    share: Share | None = None
    supervisor: str | None = None
    addressee: str | None = None
    confirmed: Confirmed | None = None
    note: Text | None = None
    path: str = "$"

    @property
    def names_a_breach(self) -> bool:
        """May a case be called a breach of law on screen? Status law, text read, article confirmed."""
        return (
            self.source.status == "law"
            and self.source.checked == "read"
            and bool(self.source.article)
            and self.confirmed is not None
        )


@dataclass(frozen=True)
class Framework:
    """A framework as read. text: the file's exact text, for its hash and for the copy beside a run.

    vocabulary: own words for events, each a selector over the store's own types. zone: the IANA zone of `valid` dates.
    mapping: how its usual table is read, where the framework says so (the same keys as a mapping file).
    objects: own words for types of objects, each the type that the store has: package -> sgtin.
    """

    framework: str
    version: str
    title: Text
    themes: dict[str, Text]
    norms: tuple[Norm, ...]
    text: str
    vocabulary: dict[str, Selector] = field(default_factory=dict)
    zone: str = "Europe/Amsterdam"
    mapping: dict[str, Any] | None = None
    note: Text | None = None
    objects: dict[str, str] = field(default_factory=dict)
