"""How good the data are: the first thing that a report says.

Rule: data quality stands above every result; nothing is dropped silently, so what was read is what was kept, was
known already or was refused; and each point of note says what it means for the outcomes. Source: the plan of the
house, section 3 (intake), and the engine's decisions 6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable

from scherp.judging.record import DataRecord, SourceFile
from scherp.norms.model import Language
from scherp.reports.formats import moment, number, percent, size
from scherp.reports.markup import Markup, element, escape, identifier, join
from scherp.reports.tables import data_table, facts, folded
from scherp.reports.wording import say, say_number

# A folder may hold thousands of documents: the page shows these and adds up the others.
MOST_SOURCES = 40
# The sentence above the section tells this many points, the table tells all of them.
_TOLD = 3
# A short list of types stands open, a long one is folded away.
_SHORT = 12


def points_of_note(data: DataRecord) -> tuple[tuple[str, int], ...]:
    """What is worth a remark about the data, as (name of the text, number), in the order of weight; zeros too."""
    return (
        ("rejected", data.rejected),
        ("unknown_time", data.unknown_time),
        ("corrected", data.corrected),
        ("late", data.late_registrations),
        ("before", data.registered_before),
        ("unrecorded", data.without_recorded),
        ("future", data.after_clock),
        ("ambiguous", data.ambiguous_time),
        ("conflicts", len(data.attribute_conflicts)),
    )


def quality_section(data: DataRecord, lang: Language) -> Markup:
    """The whole section in one language."""
    return join(
        [
            element("h2", say("quality", lang)),
            element("p", _sentence(data, lang), class_="lead"),
            _key_facts(data, lang),
            element("h3", say("sources", lang)),
            _sources(data.sources, lang),
            element("p", say("sources_add_up", lang), class_="hint"),
            element("h3", say("remarkable", lang)),
            _remarkable(data, lang),
            _conflicts(data.attribute_conflicts, lang),
            element(
                "div", _types("objects_by_type", data.objects.items(), lang), _event_types(data, lang), class_="pair"
            ),
        ]
    )


def _sentence(data: DataRecord, lang: Language) -> Markup:
    points = [say_number(f"{name}_point", lang, count) for name, count in points_of_note(data) if count]
    if not points:
        return say("quality_clean", lang)
    told = points[:_TOLD]
    if rest := len(points) - len(told):
        told.append(say_number("more_points", lang, rest))
    return say("quality_says", lang, points=Markup("; ".join(told)))


def _key_facts(data: DataRecord, lang: Language) -> Markup:
    if data.first is None:
        span = say("span_none", lang)
    else:
        span = say("span_says", lang, first=moment(data.first, lang), last=moment(data.last, lang))
    return facts(
        [
            (say("events", lang), number(data.events, lang)),
            (say("objects", lang), number(sum(data.objects.values()), lang)),
            (say("span", lang), span),
            (say("store", lang), join([identifier(data.store), f", {say('snapshot', lang).lower()} {data.snapshot}"])),
        ]
    )


def _sources(sources: list[SourceFile], lang: Language) -> Markup:
    heads = ("source", "format", "read", "kept", "known", "refused", "corrections", "no_time", "doubled_hour", "size")
    rows = [_source_row(source, lang) for source in sources[:MOST_SOURCES]]
    if rest := sources[MOST_SOURCES:]:
        rows.append([say_number("more_sources", lang, len(rest)), "", *_amounts(rest, lang)])
    foot = [say("total", lang), "", *_amounts(sources, lang)] if len(sources) > 1 else None
    return data_table(
        say("sources", lang),
        [say(head, lang) for head in heads],
        rows,
        numeric=range(2, 10),
        foot=foot,
        kind="sources",
        wide=True,
    )


def _source_row(source: SourceFile, lang: Language) -> list[object]:
    name = identifier(source.name)
    if source.synthetic:
        name = join([name, " ", element("span", say("fictitious", lang), class_="tag fictive")])
    return [name, source.format, *_amounts([source], lang)]


def _amounts(sources: list[SourceFile], lang: Language) -> list[str]:
    columns = ("read", "kept", "known", "refused", "corrections", "unknown_time", "ambiguous_time")
    sums = [number(sum(getattr(source, column) for source in sources), lang) for column in columns]
    return [*sums, size(sum(source.bytes for source in sources), lang)]


def _remarkable(data: DataRecord, lang: Language) -> Markup:
    heads = [say("what", lang), say("how_many", lang)]
    rows: list[list[object]] = []
    for name, count in points_of_note(data):
        words = number(count, lang)
        if count and data.events and name in ("late", "before", "unrecorded", "unknown_time"):
            words += f" ({percent(count / data.events, lang)})"
        meaning = element("span", say(f"{name}_means", lang), class_="row-note") if count else ""
        rows.append([join([say(name, lang), meaning]), words])
    return data_table(say("remarkable", lang), heads, rows, numeric=(1,), kind="remarkable")


def _conflicts(conflicts: list[str], lang: Language) -> Markup:
    if not conflicts:
        return Markup("")
    listed = element("ul", *(element("li", identifier(conflict)) for conflict in conflicts))
    return join([element("h4", say("conflicts", lang)), listed])


def _event_types(data: DataRecord, lang: Language) -> Markup:
    return _types("events_by_type", ((entry.type, entry.events) for entry in data.types), lang)


def _types(key: str, counts: Iterable[tuple[str, int]], lang: Language) -> Markup:
    rows = [[identifier(name), number(count, lang)] for name, count in counts]
    table = data_table(say(key, lang), [say("type", lang), say("how_many", lang)], rows, numeric=(1,), kind="types")
    if len(rows) <= _SHORT:
        return element("div", table)
    return element("div", folded(escape(f"{say(key, lang)} ({len(rows)})"), table))
