"""The day's list: leads from the cases of a night, in an order that is a written rule.

Rule: a lead is all cases of one party under one norm for one reason. The list is ordered by class (facts, norms, then
risks), then by amount (the most first), then by age (the oldest first), and never by a score of a party; where these
are equal, by norm, party and reason. It holds no more leads than the team can handle, and the rest is counted, by party
too. A lead says whose competence its norm is, and calls a case a violation only where the norm's article was read and
confirmed. Source: the rules of the field, points 5, 6, 8 and 12.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from scherp.accountancy.accounted import FOUND, LOST, Accounted, AccountedLine
from scherp.judging.record import NormRecord
from scherp.norms.model import Language
from scherp.reports.formats import day, number
from scherp.reports.night_record import Board, BoardLine, Lead, NightCase, PartyLine, Rest
from scherp.reports.night_texts import tell, tell_number
from scherp.reports.wording import LANGUAGES, pick, reason_words
from scherp.runs.night_cases import Register

MOST = 40
SHOWN = 5  # cases of a lead that the list tells; all are in the file of cases
_CLASSES = ("fact", "norm", "risk")
_ZERO = Decimal(0)


def leads_of(cases: Iterable[NightCase], norms: list[NormRecord], register: Register) -> list[Lead]:
    """Every lead of the night, in the order of the list; the list itself is its beginning."""
    by_norm = {norm.norm: norm for norm in norms}
    grouped: dict[tuple[str, str | None, str | None], list[NightCase]] = defaultdict(list)
    for case in cases:
        grouped[case.norm, case.party, case.reason].append(case)
    leads = [_lead(by_norm[norm], group, register) for (norm, _, _), group in grouped.items()]
    places = {norm.norm: place for place, norm in enumerate(norms)}
    leads.sort(
        key=lambda lead: (
            _CLASSES.index(lead.class_),
            -Decimal(lead.amount or 0),
            lead.oldest or "~",
            places[lead.norm],
            lead.party or "~",
            lead.reason or "",
        )
    )
    for place, lead in enumerate(leads, start=1):
        lead.number = place
    return leads


def _lead(norm: NormRecord, cases: list[NightCase], register: Register) -> Lead:
    party = cases[0].party
    known = register.parties.get(party) if party is not None else None
    amounts = [abs(Decimal(case.amount)) for case in cases if case.amount is not None]
    first = sorted(cases, key=lambda c: (-abs(Decimal(c.amount or 0)), c.moment or "~", c.case))
    lead = Lead(
        number=0,
        norm=norm.norm,
        class_=norm.class_,
        party=party,
        name=known.name if known else None,
        municipality=(known.municipality or None) if known else None,
        supervisor=norm.supervisor,
        reason=cases[0].reason,
        may_name_breach=norm.may_name_breach,
        cases=len(cases),
        amount=plain(sum(amounts, _ZERO)) if amounts else None,
        oldest=min((case.moment for case in cases if case.moment), default=None),
        says={},
        shown=first[:SHOWN],
    )
    lead.says = {lang: sentence(lead, norm, lang) for lang in LANGUAGES}
    return lead


def sentence(lead: Lead, norm: NormRecord, lang: Language) -> str:
    """The lead in one sentence of plain words."""
    kind = "risk" if lead.class_ == "risk" else "violation" if lead.may_name_breach else "deviation"
    parts = [tell_number("lead_cases", lang, lead.cases)]
    if lead.reason:
        parts.insert(0, str(pick_reason(lead.reason, lang)))
    if lead.amount is not None:
        parts.append(tell("lead_amount", lang, amount=grouped(lead.amount, lang)))
    if lead.oldest is not None:
        parts.append(tell("lead_oldest" if lead.cases > 1 else "lead_day", lang, day=day(lead.oldest, lang)))
    says = pick(norm.says, lang).rstrip(".") or norm.norm
    return f"{tell(f'lead_{kind}', lang, norm=says)}: {', '.join(parts)}."


def pick_reason(reason: str, lang: Language) -> str:
    """The judge's own words for a reason, as plain text."""
    from html import unescape

    return unescape(str(reason_words(reason, lang)))


def cut(leads: list[Lead], most: int) -> tuple[list[Lead], Rest]:
    """The list, and what it has no place for."""
    rest = leads[most:]
    risks = sum(1 for lead in rest if lead.class_ == "risk")
    return leads[:most], Rest(len(rest) - risks, risks, sum(lead.cases for lead in rest))


def party_lines(leads: list[Lead], most: int) -> list[PartyLine]:
    """Every party with a lead, by municipality and name; those without a municipality last."""
    found: dict[str | None, PartyLine] = {}
    for lead in leads:
        line = found.setdefault(lead.party, PartyLine(lead.party, lead.name, lead.municipality, 0, 0, 0, []))
        if lead.class_ == "risk":
            line.risks += 1
        else:
            line.deviations += 1
        line.cases += lead.cases
        if lead.number <= most:
            line.listed.append(lead.number)
    return sorted(found.values(), key=lambda p: (p.municipality or "~", p.name or "~", p.party or "~"))


def board_of(found: Accounted, register: Register) -> Board:
    """The figure for the board, by party and product; a site that no register knows stands for its party."""
    grouped_lines: dict[tuple[str | None, str], list[AccountedLine]] = defaultdict(list)
    for line in found.lines:
        grouped_lines[register.party_of(line.site, None) or line.site, line.product].append(line)
    lines = [_board_line(party, product, group, register) for (party, product), group in grouped_lines.items()]
    lines.sort(key=lambda line: (-Decimal(line.not_accounted), line.party or "", line.product))
    where = _where(found.lines)
    lost = _total(where, LOST)
    accounted = max(found.harvested - lost, _ZERO)
    share = plain((accounted / found.harvested).quantize(Decimal("0.000001"))) if found.harvested else None
    return Board(
        since=_moment(found.since),
        until=_moment(found.until),
        harvested=plain(found.harvested),
        accounted=plain(accounted),
        not_accounted=plain(lost),
        share=share,
        where={word: plain(where[word]) for word in (*FOUND, *LOST)},
        packages=found.packages,
        lines=lines,
    )


def _board_line(party: str | None, product: str, lines: list[AccountedLine], register: Register) -> BoardLine:
    where = _where(lines)
    known = register.parties.get(party) if party is not None else None
    return BoardLine(
        party,
        known.name if known else None,
        product,
        {word: plain(where[word]) for word in (*FOUND, *LOST) if where[word]},
        plain(_total(where, FOUND)),
        plain(_total(where, LOST)),
    )


def _where(lines: list[AccountedLine]) -> dict[str, Decimal]:
    return {word: sum((getattr(line, word) for line in lines), _ZERO) for word in (*FOUND, *LOST)}


def _total(where: dict[str, Decimal], words: tuple[str, ...]) -> Decimal:
    return sum((where[word] for word in words), _ZERO)


def plain(amount: Decimal) -> str:
    """A decimal as text, without needless zeros."""
    written = f"{amount:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def grouped(amount: str, lang: Language) -> str:
    """A decimal text as people write it, with the decimals that it has."""
    return number(float(amount), lang, len(amount.partition(".")[2]))


def _moment(sql: str) -> str:
    return sql.replace(" ", "T") + "Z"
