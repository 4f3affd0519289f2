"""The report of a night: what an inspector reads in the morning, on one page that needs nothing else.

Rule: the data quality gate stands first, then the figure for the board, then the day's list in two blocks that are never
mixed, deviations and risk indications, each lead one sentence with whose competence it is and its first cases; then every
party by municipality, the chain in numbers, and the norms as in any other report. A lead is an aandachtspunt and no
judgement. Source: the issue on the nightly inspection; the rules of the field, points 5 to 8, 12 and 24.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from scherp.judging.record import RunRecord
from scherp.norms.model import Language
from scherp.reports.formats import day, moment, number, percent
from scherp.reports.judgement import is_synthetic, usual_sections
from scherp.reports.markup import Markup, element, identifier, join
from scherp.reports.night_record import Board, BoardLine, Gate, GatePoint, Lead, Night, NightCase
from scherp.reports.night_texts import NIGHT_TEXTS, tell, tell_number
from scherp.reports.page import page
from scherp.reports.tables import data_table, facts, folded
from scherp.reports.wording import both, pick, reason_words, say

MOST_LINES = 30  # of what is not accounted for, that the page tells
_OBJECTS = (("giai", "giai"), ("lgtin", "lgtin"), ("sgtin", "sgtin"), ("desadv", "desadv"), ("pos", "pos"),
            ("party", "party_objects"), ("site", "site_objects"))  # fmt: skip
_DASH = "–"


def night_html(run: RunRecord, night: Night) -> str:
    """The report of a night as one HTML document, in Dutch and English."""
    synthetic = is_synthetic(run)
    sections = (_gate_section, _board_section, _list_section, _parties_section)
    body = join(
        [
            both(lambda lang: _opening(run, night, synthetic, lang)),
            *(element("section", both(lambda lang, render=render: render(night, lang))) for render in sections),  # type: ignore[misc]
            element("section", both(lambda lang: _chain_section(run, night, lang))),
            usual_sections(run),
        ]
    )
    mark = f" ({say('fictitious', 'nl')} / {say('fictitious', 'en')})" if synthetic else ""
    title = f"{tell('title', 'nl')} / {tell('title', 'en')}, {run.as_of[:10]}{mark} – Scherp"
    return page(title, "summary", body, synthetic)


def _opening(run: RunRecord, night: Night, synthetic: bool, lang: Language) -> Markup:
    mark = element("span", say("fictitious", lang), class_="tag fictive") if synthetic else ""
    framework = join([identifier(run.framework.id), ", ", say("version", lang, version=run.framework.version)])
    told = [tell_number("list_says", lang, len(night.leads))]
    if rest := night.rest.deviations + night.rest.risks:
        told.append(tell_number("list_rest", lang, rest))
    return join(
        [
            element("p", tell("kind", lang), " ", mark, class_="kind"),
            element("h1", pick(run.framework.title, lang) or run.framework.id),
            facts(
                [
                    (say("as_of", lang), moment(run.as_of, lang)),
                    (say("framework", lang), framework),
                    (tell("board", lang), _share(night.board, lang)),
                    (tell("list", lang), " ".join(told)),
                ]
            ),
            element(
                "div",
                element("p", element("b", say("no_judgement", lang), ".")),
                element("p", say("no_judgement_says", lang)),
                class_="notice",
            ),
        ]
    )


def _gate_section(night: Night, lang: Language) -> Markup:
    gate = night.gate
    rows = [
        [_point(point, lang), number(point.count, lang), tell("gate_stops" if point.stops else "gate_tells", lang)]
        for point in gate.points
        if point.count or point.stops
    ]
    heads = [say("what", lang), say("how_many", lang), tell("gate_effect", lang)]
    return join(
        [
            element("h2", tell("gate", lang)),
            element("p", gate_words(gate, lang), class_="lead"),
            data_table(tell("gate", lang), heads, rows, numeric=(1,), kind="remarkable"),
            _listed("refused_list", night.refused, lang, words="en"),
            _listed("silent_list", gate.silent, lang),
        ]
    )


def gate_words(gate: Gate, lang: Language) -> str:
    """What the gate says in one sentence; it stands above every list."""
    if gate.passed:
        return tell("gate_open", lang)
    closed = [f"{_point(p, lang).lower()} ({number(p.count, lang)})" for p in gate.points if p.stops and p.count]
    return tell("gate_closed", lang, points="; ".join(closed))


def _point(point: GatePoint, lang: Language) -> str:
    return tell(point.point, lang) if point.point in NIGHT_TEXTS else say(point.point, lang)


def _listed(title: str, what: list[str], lang: Language, words: str | None = None) -> Markup:
    """A list that is folded away. words: the language of sentences; identifiers have none."""
    if not what:
        return Markup("")
    items = (element("li", one if words else identifier(one), lang=words) for one in what)
    return folded(f"{tell(title, lang)} ({number(len(what), lang)})", element("ul", *items))


def _board_section(night: Night, lang: Language) -> Markup:
    board = night.board
    if board.share is None:
        return join([element("h2", tell("board", lang)), element("p", tell("board_none", lang))])
    said = tell(
        "board_says",
        lang,
        harvested=_grams(board.harvested, lang),
        since=day(board.since, lang),
        until=day(board.until, lang),
        accounted=_grams(board.accounted, lang),
        missing=_grams(board.not_accounted, lang),
    )
    heads = [tell("state", lang), tell("grams", lang), tell("part", lang)]
    rows = [
        [tell(word, lang), _grams(grams, lang), _part(grams, board.harvested, lang)]
        for word, grams in board.where.items()
    ]
    return join(
        [
            element("h2", tell("board", lang)),
            element("p", element("b", _share(board, lang), class_="big"), " ", element("span", said)),
            element("p", tell("board_means", lang), class_="hint"),
            element("h3", tell("where_now", lang)),
            data_table(tell("where_now", lang), heads, rows, numeric=(1, 2), kind="reasons"),
            _not_accounted(board, lang),
        ]
    )


def _not_accounted(board: Board, lang: Language) -> Markup:
    lines = [line for line in board.lines if Decimal(line.not_accounted)]
    rows = [_board_row(line, lang) for line in lines[:MOST_LINES]]
    heads = [tell(key, lang) for key in ("party", "product", "accounted", "not_accounted", "what_is_not")]
    rest = len(board.lines) - len(rows)
    more = element("p", tell_number("board_more", lang, rest), class_="hint") if rest else ""
    title = f"{tell('what_is_not', lang)}: {tell('by_party', lang).lower()}"
    table = data_table(title, heads, rows, numeric=(2, 3), kind="cases", wide=True) if rows else ""
    return join([element("h3", title), table, more])


def _board_row(line: BoardLine, lang: Language) -> list[object]:
    lost = ("lost_in_making", "missing", "removed", "unknown")
    why = "; ".join(f"{tell(word, lang)} {_grams(line.where[word], lang)}" for word in lost if word in line.where)
    return [
        _party(line.name, line.party, lang),
        identifier(line.product),
        _grams(line.accounted, lang),
        _grams(line.not_accounted, lang),
        why,
    ]


def _list_section(night: Night, lang: Language) -> Markup:
    rest = night.rest.deviations + night.rest.risks
    told = f" {tell_number('list_rest', lang, rest)}" if rest else ""
    count = tell_number("list_says", lang, len(night.leads)) + told if night.leads or rest else tell("list_none", lang)
    rule = element("p", element("b", tell("list_rule", lang), ". "), tell("list_rule_says", lang), class_="hint")
    risks = [lead for lead in night.leads if lead.class_ == "risk"]
    deviations = [lead for lead in night.leads if lead.class_ != "risk"]
    return join(
        [
            element("h2", tell("list", lang)),
            element("p", count, class_="lead"),
            rule,
            _block("deviations", deviations, night, night.rest.deviations, lang),
            _block("risks", risks, night, night.rest.risks, lang),
            element("p", tell("all_cases", lang, file=night.cases_file), class_="hint"),
        ]
    )


def _block(kind: str, leads: list[Lead], night: Night, rest: int, lang: Language) -> Markup:
    """One of the two blocks of the list, with what the gate says above it."""
    listed = element("ol", *(_lead(lead, lang) for lead in leads), class_="leads") if leads else ""
    more = element("p", tell_number("list_rest", lang, rest), class_="hint") if rest else ""
    return join(
        [
            element("h3", tell(kind, lang)),
            element("p", tell(f"{kind}_says", lang)),
            element("p", gate_words(night.gate, lang), class_="hint"),
            listed or element("p", tell("block_none", lang)),
            more,
        ]
    )


def _lead(lead: Lead, lang: Language) -> Markup:
    who = [_party(lead.name, lead.party, lang), ", ", lead.municipality or tell("municipality_none", lang)]
    competence = f"{tell('competence', lang)}: {lead.supervisor or tell('competence_none', lang)}"
    summary = tell("cases_shown", lang, shown=number(len(lead.shown), lang), cases=number(lead.cases, lang))
    return element(
        "li",
        element("p", element("b", pick(lead.says, lang))),
        element("p", *who, ". ", competence, ".", class_="row-note"),
        folded(summary, _cases(lead, summary, lang)),
        value=lead.number,
        id=_anchor(lead.number, lang),
    )


def _cases(lead: Lead, caption: str, lang: Language) -> Markup:
    keys = ("events", "moment", "amount")
    heads = [say("object", lang), *(tell(key, lang) for key in keys), say("reason", lang)]
    rows = [_case_row(case, lang) for case in lead.shown]
    return data_table(f"{caption}, {lead.number}", heads, rows, numeric=(3,), kind="cases", wide=True)


def _case_row(case: NightCase, lang: Language) -> list[object]:
    return [
        identifier(case.object) if case.object else _DASH,
        Markup("<br>".join(map(identifier, case.events)) or _DASH),
        moment(case.moment, lang),
        _amount(case.amount, lang) if case.amount is not None else _DASH,
        reason_words(case.reason, lang) if case.reason else _DASH,
    ]


def _anchor(lead: int, lang: Language) -> str:
    return f"lead-{lead}-{lang}"


def _parties_section(night: Night, lang: Language) -> Markup:
    keys = ("municipality", "party", "leads_deviations", "leads_risks", "cases", "on_list")
    rows = [
        [
            line.municipality or tell("municipality_none", lang),
            _party(line.name, line.party, lang),
            number(line.deviations, lang),
            number(line.risks, lang),
            number(line.cases, lang),
            Markup(", ".join(element("a", n, href=f"#{_anchor(n, lang)}") for n in line.listed) or _DASH),
        ]
        for line in night.parties
    ]
    title = tell("parties", lang)
    table = data_table(title, [tell(key, lang) for key in keys], rows, numeric=(2, 3, 4), kind="cases", wide=True)
    return join(
        [
            element("h2", title),
            element("p", tell("parties_says", lang)),
            element("p", gate_words(night.gate, lang), class_="hint"),
            table if rows else element("p", tell("list_none", lang)),
        ]
    )


def _chain_section(run: RunRecord, night: Night, lang: Language) -> Markup:
    objects = [
        (tell(key, lang), number(run.data.objects[kind], lang)) for kind, key in _OBJECTS if kind in run.data.objects
    ]
    packages = [[tell(state, lang), number(count, lang)] for state, count in night.board.packages.items()]
    title = tell("packages_by_state", lang)
    table = data_table(title, [tell("state", lang), tell("packages", lang)], packages, numeric=(1,), kind="reasons")
    return join(
        [
            element("h2", tell("chain", lang)),
            facts([(say("events", lang), number(run.data.events, lang)), *objects]),
            join([element("h3", title), table]) if packages else "",
        ]
    )


def _party(name: str | None, party: str | None, lang: Language) -> Markup:
    if party is None:
        return Markup(tell("party_none", lang))
    return join([name, " (", identifier(party), ")"]) if name else identifier(party)


def _share(board: Board, lang: Language) -> str:
    """The share with two decimals, rounded down: all is only said where it is all."""
    if board.share is None:
        return _DASH
    share = (Decimal(board.share) * 100).quantize(Decimal("0.01"), ROUND_FLOOR)
    return f"{number(float(share), lang, 2)}%"


def _part(grams: str, harvested: str, lang: Language) -> str:
    return percent(float(Decimal(grams) / Decimal(harvested)), lang)


def _grams(amount: str, lang: Language) -> str:
    """Grams to a tenth; what is less than that and not nothing says so."""
    if 0 < Decimal(amount) < Decimal("0.05"):
        return f"< {number(0.1, lang, 1)}"
    return number(float(amount), lang, 1)


def _amount(amount: str, lang: Language) -> str:
    return number(float(amount), lang, len(amount.partition(".")[2].rstrip("0")))
