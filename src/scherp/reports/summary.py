"""All norms on one sheet: a row for each, with its counts, its population and its share.

Rule: a share is never given without its population and its interval, verdicts of different norms are never added up,
and norms that were not computed stand in the same table. Source: the plan of the house, section 4; the glossary's
`finding`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scherp.judging.record import VERDICTS, NormRecord, RunRecord, Verdict
from scherp.norms.model import Language
from scherp.reports.figures import share_line, swatch, verdict_bar
from scherp.reports.formats import number, percent, target_percent
from scherp.reports.markup import Markup, element, escape, join
from scherp.reports.tables import framed, heading
from scherp.reports.wording import pick, say, say_number


@dataclass(frozen=True)
class Theme:
    """A theme with its norms in the order of the framework. anchors: the ids of the norms' places on the page."""

    title: dict[str, str]
    anchor: str
    norms: tuple[NormRecord, ...]
    anchors: tuple[str, ...]


def by_theme(run: RunRecord) -> list[Theme]:
    """The norms in the order of the framework's themes; norms of a theme that the framework does not name come last."""
    places: dict[str, list[tuple[NormRecord, str]]] = {theme: [] for theme in run.framework.themes}
    for index, norm in enumerate(run.norms, start=1):
        places.setdefault(norm.theme, []).append((norm, f"norm-{index}"))
    return [
        Theme(
            run.framework.themes.get(theme, {"nl": theme, "en": theme} if theme else {}),
            f"theme-{index}",
            tuple(norm for norm, _ in entries),
            tuple(anchor for _, anchor in entries),
        )
        for index, (theme, entries) in enumerate(places.items(), start=1)
        if entries
    ]


def theme_title(theme: Theme, lang: Language) -> Markup:
    """The theme's name in words."""
    return escape(pick(theme.title, lang) or say("no_theme", lang))


def counts_of(norm: NormRecord) -> dict[Verdict, int]:
    """The five counts by verdict, in the order of the verdicts."""
    return {verdict: getattr(norm, verdict) for verdict in VERDICTS}


def breached_words(norm: NormRecord, lang: Language) -> Markup:
    """What a breached case of this norm may be called."""
    if norm.target is not None:
        return say("too_late" if norm.lateness or norm.kind in ("response", "deadline") else "breached", lang)
    return say("violation" if norm.may_name_breach else "deviation", lang)


def reached_words(norm: NormRecord, lang: Language) -> Markup:
    """Whether the population reached the norm's target."""
    return say({True: "reached", False: "not_reached", None: "reached_unknown"}[norm.reached], lang)


def not_computed_words(norm: NormRecord, lang: Language) -> Markup:
    """Why the norm has no counts."""
    if norm.kind == "human" or norm.look_at:
        return say("by_people", lang)
    return say("not_computable" if norm.kind == "not_computable" or norm.needs else "not_computed", lang)


def summary_section(themes: list[Theme], lang: Language) -> Markup:
    """The whole section in one language."""
    norms = [norm for theme in themes for norm in theme.norms]
    return join(
        [
            element("h2", say("summary", lang)),
            element("p", _sentence(norms, lang), class_="lead"),
            element("p", say("summary_reads", lang)),
            _table(themes, lang),
            _meanings(lang),
        ]
    )


def _sentence(norms: list[NormRecord], lang: Language) -> str:
    people = sum(1 for norm in norms if not norm.computed and (norm.kind == "human" or bool(norm.look_at)))
    needs = sum(1 for norm in norms if not norm.computed) - people
    told = [("summary_computed", len(norms)), ("summary_people", people), ("summary_needs", needs)]
    return Markup(" ".join(say_number(key, lang, count) for key, count in told if count or key == "summary_computed"))


def _table(themes: list[Theme], lang: Language) -> Markup:
    keys = ("norm", "class", "population", *VERDICTS, "share")
    heads = [join([swatch(key), say(key, lang)]) if key in VERDICTS else say(key, lang) for key in keys]
    caption = say("summary", lang)
    bodies = [_theme_rows(theme, lang, len(keys), named=len(themes) > 1) for theme in themes]
    head = element("thead", heading(heads, frozenset(range(2, 8))))
    return framed(
        say("table_of", lang, what=caption),
        element("table", element("caption", caption, class_="unseen"), head, *bodies, class_="norms"),
    )


def _theme_rows(theme: Theme, lang: Language, columns: int, named: bool) -> Markup:
    name = element("tr", element("th", theme_title(theme, lang), colspan=columns, scope="rowgroup"), class_="theme")
    rows = (_norm_row(norm, anchor, lang) for norm, anchor in zip(theme.norms, theme.anchors, strict=True))
    return element("tbody", name if named else "", *rows)


def _norm_row(norm: NormRecord, anchor: str, lang: Language) -> Markup:
    link = element("a", pick(norm.says, lang) or norm.norm, href=f"#{anchor}")
    class_words = element("td", class_word(norm, lang))
    if not norm.computed:
        why = element("td", not_computed_words(norm, lang), colspan=7, class_="not-computed")
        return element("tr", element("th", link, scope="row"), class_words, why)
    counts = counts_of(norm)
    first = element("th", link, _row_note(norm, lang), verdict_bar(counts) if norm.population else "", scope="row")
    numbers = (element("td", number(count, lang), class_="n") for count in (norm.population, *counts.values()))
    return element("tr", first, class_words, *numbers, element("td", _share(norm, lang), class_="share"))


def class_word(norm: NormRecord, lang: Language) -> Markup:
    """The norm's class in words; a class that is new to the report stays as it is written."""
    known = ("fact", "norm", "risk")
    return say(f"{norm.class_}_class", lang) if norm.class_ in known else escape(norm.class_)


def _row_note(norm: NormRecord, lang: Language) -> Markup:
    if norm.target is not None:
        mark = say("target_mark", lang, target=target_percent(norm.target, lang))
        return element("span", mark, ": ", reached_words(norm, lang), class_="row-note")
    return element("span", say("confirmed" if norm.may_name_breach else "unconfirmed", lang), class_="row-note")


def _share(norm: NormRecord, lang: Language) -> Markup:
    if norm.share is None:
        return Markup("–")
    words = element("b", percent(norm.share, lang))
    if norm.share_low is None or norm.share_high is None:
        return words
    between = f"{percent(norm.share_low, lang)} – {percent(norm.share_high, lang)}"
    line = share_line((norm.share, norm.share_low, norm.share_high), norm.target, lang)
    return join([words, element("span", between, class_="row-note"), line])


def _meanings(lang: Language) -> Markup:
    return join([element("h3", say("words", lang)), element("dl", *_meaning_rows(lang), class_="meanings")])


def _meaning_rows(lang: Language) -> Iterable[Markup]:
    for verdict in VERDICTS:
        name = element("dt", swatch(verdict), say(verdict, lang))
        yield element("div", name, element("dd", say(f"{verdict}_means", lang)))
