"""One norm in full: its sentence and source, what it gave, and how that was computed.

Rule: what a case may be called depends on the norm: only a law whose article was read and confirmed names a
violation, a target for a population names late cases, and everything else is a deviation from a concept norm. A norm
that was not computed says what people look at or which data it needs. Source: the rules of the field, points 5 to 7,
and the engine's decision 13.
"""

from __future__ import annotations

from scherp.judging.record import VERDICTS, Case, NormRecord, Verdict
from scherp.norms.model import Language
from scherp.reports.figures import lying_bar, share_line, swatch, verdict_bar, widened
from scherp.reports.formats import day, moment, number, percent, span, span_range, target_percent
from scherp.reports.markup import Markup, element, escape, identifier, join, web_link
from scherp.reports.summary import breached_words, class_word, counts_of, not_computed_words, reached_words
from scherp.reports.tables import code_blocks, data_table, facts, folded
from scherp.reports.wording import both, pick, reason_words, say, say_both, say_number

# The worst cases that a page shows of each norm, and of all norms together, so that the page of a large framework can
# be sent by mail; at least a few of each. All of them are in the run's verdict files.
MOST_CASES, MOST_CASES_ALTOGETHER, FEWEST_CASES = 10, 800, 3
# Kinds of reason and warnings beyond these are not read by anybody.
MOST_REASONS = 12

_NOTHING = Markup("")


def cases_shown(norms: int) -> int:
    """How many of its worst cases a norm shows on a page of so many norms."""
    return max(FEWEST_CASES, min(MOST_CASES, MOST_CASES_ALTOGETHER // max(norms, 1)))


def norm_section(norm: NormRecord, anchor: str, cases: int = MOST_CASES) -> Markup:
    """The norm in both languages; its SQL, which has no language, once. cases: how many of its worst it shows."""
    sql = folded(say_both("norm_sql"), code_blocks(norm.sql), kind="sql") if norm.sql else _NOTHING
    return element("article", both(lambda lang: _in_words(norm, cases, lang)), sql, id=anchor, class_="norm")


def _in_words(norm: NormRecord, cases: int, lang: Language) -> Markup:
    parts = [
        element("h4", pick(norm.says, lang) or norm.norm),
        _tags(norm, lang),
        _particulars(norm, lang),
        _warnings(norm, lang),
    ]
    parts += _outcome(norm, cases, lang) if norm.computed else _not_computed(norm, lang)
    return join(parts)


def _tags(norm: NormRecord, lang: Language) -> Markup:
    words = [element("span", class_word(norm, lang), class_="tag")]
    if not norm.computed:
        words.append(element("span", not_computed_words(norm, lang), class_="tag plain"))
    elif norm.target is not None:
        mark = say("target_mark", lang, target=target_percent(norm.target, lang))
        words.append(element("span", mark, ": ", reached_words(norm, lang), class_="tag strong"))
    elif norm.may_name_breach:
        words.append(element("span", say("confirmed", lang), class_="tag strong"))
    else:
        words.append(element("span", say("unconfirmed", lang), class_="tag plain"))
    return element("p", Markup(" ".join(words)), class_="tags")


def _particulars(norm: NormRecord, lang: Language) -> Markup:
    pairs: list[tuple[object, object]] = []
    if norm.source is not None:
        source = norm.source
        words = escape(f"{source.text}, {source.article}" if source.article else source.text)
        status = [say(source.status, lang), say(f"checked_{source.checked}", lang)]
        pairs.append((say("legal_source", lang), web_link(source.url, words) if source.url else words))
        pairs.append((say("status", lang), Markup(", ".join(status))))
    pairs.append((say("validity", lang), Markup("; ".join(_validity(entry, lang) for entry in norm.valid or [{}]))))
    if norm.supervisor:
        pairs.append((say("supervisor", lang), norm.supervisor))
    if norm.addressee:
        pairs.append((say("addressee", lang), norm.addressee))
    pairs.append((say("norm_id", lang), identifier(norm.norm)))
    risk = element("p", say("risk_says", lang), class_="hint") if norm.class_ == "risk" else _NOTHING
    return join([facts(pairs), risk])


def _validity(entry: dict[str, str | None], lang: Language) -> Markup:
    """A range of dates in words; the end is exclusive, as `tot` is in Dutch law."""
    start, end = entry.get("from"), entry.get("to")
    if start and end:
        return say("valid_both", lang, start=day(start, lang), end=day(end, lang))
    if start:
        return say("valid_from", lang, start=day(start, lang))
    return say("valid_until", lang, end=day(end, lang)) if end else say("always", lang)


def _warnings(norm: NormRecord, lang: Language) -> Markup:
    if not norm.warnings:
        return _NOTHING
    # The judge writes its warnings in English: a screen reader must hear that, also on the Dutch page.
    listed = element("ul", *(element("li", warning, lang="en") for warning in norm.warnings))
    return element("div", element("p", element("b", say("warnings", lang))), listed, class_="warning")


def _not_computed(norm: NormRecord, lang: Language) -> list[Markup]:
    told = ((key, pick(text, lang)) for key, text in (("look_at", norm.look_at), ("needs", norm.needs)))
    return [join([element("h5", say(key, lang)), element("p", text)]) for key, text in told if text]


def _outcome(norm: NormRecord, cases: int, lang: Language) -> list[Markup]:
    if not norm.population:
        return [element("p", say("no_cases", lang), class_="lead")]
    figures = [_verdicts(norm, lang), join([_share(norm, lang), _lateness(norm, lang)])]
    return [
        element("div", *(element("div", figure) for figure in figures), class_="pair figures"),
        _worst(norm, norm.worst[:cases], lang),
        _reasons(norm, lang),
    ]


def _verdicts(norm: NormRecord, lang: Language) -> Markup:
    counts = counts_of(norm)
    names = {verdict: say(verdict, lang) for verdict in VERDICTS}
    said = ", ".join(f"{names[verdict]} {number(count, lang)}" for verdict, count in counts.items() if count)
    described = say("bar_says", lang, n=number(norm.population, lang), parts=Markup(said))
    wide = element("p", say("widened", lang), class_="hint") if widened(tuple(counts.values())) else _NOTHING
    rows = [_verdict_row(norm, verdict, counts[verdict], lang) for verdict in VERDICTS]
    foot = [say("population", lang), number(norm.population, lang), ""]
    heads = [say("verdict", lang), say("cases", lang), say("of_population", lang)]
    table = data_table(say("verdicts", lang), heads, rows, numeric=(1, 2), foot=foot, kind="verdicts")
    return element("figure", element("figcaption", say("verdicts", lang)), verdict_bar(counts, described), table, wide)


def _verdict_row(norm: NormRecord, verdict: Verdict, count: int, lang: Language) -> list[object]:
    name: object = join([swatch(verdict), say(verdict, lang)])
    if verdict == "breached" and count and (words := breached_words(norm, lang)) != say("breached", lang):
        name = join([name, element("span", words, class_="row-note")])
    return [name, number(count, lang), percent(count / norm.population, lang)]


def _share(norm: NormRecord, lang: Language) -> Markup:
    title = element("figcaption", say("share_met", lang))
    if norm.share is None or norm.share_low is None or norm.share_high is None:
        return element("figure", title, element("p", say("share_none", lang)))
    share, low, high = (percent(value, lang) for value in (norm.share, norm.share_low, norm.share_high))
    words = element(
        "p", element("b", share, class_="big"), " ", element("span", say("interval", lang, low=low, high=high))
    )
    described = say("share_says", lang, share=share, low=low, high=high)
    line = share_line((norm.share, norm.share_low, norm.share_high), norm.target, lang, described)
    return element("figure", title, words, element("div", line, class_="share-frame"), _target(norm, lang))


def _target(norm: NormRecord, lang: Language) -> Markup:
    if norm.target is None:
        return _NOTHING
    verdict = element("b", reached_words(norm, lang))
    asked = say("target_says", lang, target=target_percent(norm.target, lang), verdict=verdict)
    return join([element("p", asked), element("p", say("target_meaning", lang), class_="hint")])


def _lateness(norm: NormRecord, lang: Language) -> Markup:
    bars = [bar for bar in norm.lateness if bar.count >= 0]
    if not bars:
        return _NOTHING
    most = max(bar.count for bar in bars) or 1
    rows = [
        [span_range(bar.from_seconds, bar.to_seconds, lang), number(bar.count, lang), lying_bar(bar.count / most)]
        for bar in bars
    ]
    heads = [say("late_by", lang), say("cases", lang), ""]
    table = data_table(say("lateness", lang), heads, rows, numeric=(1,), kind="histogram")
    return element("figure", element("figcaption", say("lateness", lang)), table)


def _worst(norm: NormRecord, shown: list[Case], lang: Language) -> Markup:
    """The worst cases. Where all have one verdict, the heading says it and the table has no column for it."""
    if not shown:
        return _NOTHING
    words = {verdict: say(verdict, lang) for verdict in VERDICTS} | {"breached": _case_word(norm, lang)}
    verdicts = {case.verdict for case in shown}
    heads = [say(key, lang) for key in ("object", "event", "due", "late_by", "reason")]
    rows = [_case_row(case, lang) for case in shown]
    title = say("worst", lang)
    if len(verdicts) == 1:
        title = Markup(f"{title}: {words[shown[0].verdict]}")
    else:
        heads.append(say("verdict", lang))
        rows = [[*row, words[case.verdict]] for row, case in zip(rows, shown, strict=True)]
    told = element("p", say_number("worst_says", lang, len(shown)), " ", say("worst_all", lang), class_="hint")
    return join([element("h5", title), data_table(title, heads, rows, kind="cases", wide=True), told])


def _case_word(norm: NormRecord, lang: Language) -> Markup:
    """The short name of a breached case."""
    if norm.target is not None:
        return breached_words(norm, lang)
    return say("violation" if norm.may_name_breach else "deviation_short", lang)


def _case_row(case: Case, lang: Language) -> list[object]:
    return [
        identifier(case.object),
        identifier(case.event) if case.event is not None else "–",
        moment(case.due, lang),
        span(case.lateness, lang) if case.lateness is not None else "–",
        reason_words(case.reason, lang) if case.reason else "–",
    ]


def _reasons(norm: NormRecord, lang: Language) -> Markup:
    if not norm.reasons:
        return _NOTHING
    most = sorted(norm.reasons.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_REASONS]
    rows = [[reason_words(reason, lang), number(count, lang)] for reason, count in most]
    heads = [say("reason", lang), say("cases", lang)]
    return join(
        [
            element("h5", say("reasons", lang)),
            data_table(say("reasons", lang), heads, rows, numeric=(1,), kind="reasons"),
        ]
    )
