"""The texts of the night report, in Dutch and English, side by side.

Rule: as for all texts of the reports: both languages or none, the same values in both, `|` between the form for one and
the form for any other number `n`. A lead is an aandachtspunt. Source of the words: the rules of the field, points 5, 6,
8 and 12.
"""

from __future__ import annotations

from scherp.norms.model import Language
from scherp.reports.formats import number


def tell(key: str, lang: Language, **values: object) -> str:
    """The text `key` with its values put in: plain words, not yet markup."""
    return NIGHT_TEXTS[key][lang].format(**values)


def tell_number(key: str, lang: Language, n: int) -> str:
    """The form of the text `key` that goes with the number `n`: plain words."""
    one, _, more = NIGHT_TEXTS[key][lang].partition("|")
    return (one if n == 1 else more).format(n=number(n, lang))


NIGHT_TEXTS: dict[str, dict[Language, str]] = {
    key: {"nl": dutch, "en": english}
    for key, dutch, english in (
        ("kind", "Digitale inspectie van de nacht", "Digital inspection of the night"),
        ("title", "Nachtelijke inspectie", "Nightly inspection"),
        ("list_rule", "Volgorde van de lijst", "Order of the list"),
        (
            "list_rule_says",
            "Eerst de klasse (feiten, voorschriften, risico’s), dan de hoeveelheid (de grootste eerst), dan de leeftijd "
            "(het oudste eerst). Organisaties krijgen geen score.",
            "First the class (facts, norms, risks), then the amount (the largest first), then the age (the oldest "
            "first). Organisations get no score.",
        ),
        # The gate
        ("gate", "Poort voor gegevenskwaliteit", "Data quality gate"),
        ("gate_open", "De poort is open: de lijst kan gelezen worden.", "The gate is open: the list can be read."),
        (
            "gate_closed",
            "De poort is dicht: {points}. Lees elke uitkomst die hiervan afhangt met voorbehoud.",
            "The gate is closed: {points}. Read every outcome that depends on this with reserve.",
        ),
        ("gate_stops", "sluit de poort", "closes the gate"),
        ("gate_tells", "alleen ter kennis", "for information only"),
        ("gate_effect", "Gevolg", "Effect"),
        ("refused_documents", "Geweigerde documenten deze nacht", "Documents refused this night"),
        ("silent", "Organisaties zonder registratie in zeven dagen", "Organisations without a record in seven days"),
        ("refused_list", "Waarom documenten zijn geweigerd", "Why documents were refused"),
        ("silent_list", "Welke organisaties niets hebben geregistreerd", "Which organisations recorded nothing"),
        # The board
        ("board", "Verantwoorde oogst", "Harvest accounted for"),
        (
            "board_says",
            "Van {harvested} g geoogst tussen {since} en {until} is {accounted} g verantwoord en {missing} g niet.",
            "Of {harvested} g harvested between {since} and {until}, {accounted} g is accounted for and {missing} g is "
            "not.",
        ),
        (
            "board_none",
            "In de twaalf maanden voor het peilmoment is geen oogst geregistreerd.",
            "No harvest was recorded in the twelve months before the moment of judging.",
        ),
        (
            "board_means",
            "Het gaat om gram geoogst product: droogverlies telt als water en hoort bij wat eruit werd gemaakt. Het "
            "getal meet de boeken en is geen oordeel.",
            "In grams of harvested product: what drying loses is water and goes with what was made. The figure measures "
            "the books and is no judgement.",
        ),
        ("where_now", "Waar de oogst nu is", "Where the harvest is now"),
        ("grams", "Gram", "Grams"),
        ("part", "Deel", "Part"),
        ("sold", "verkocht", "sold"),
        ("in_stock", "op voorraad", "in stock"),
        ("in_transit", "onderweg", "in transit"),
        ("sampled", "bemonsterd", "sampled"),
        ("destroyed", "vernietigd of afval", "destroyed or waste"),
        ("lost_in_making", "verloren bij verwerking", "lost in making"),
        ("missing", "als vermist gemeld", "reported missing"),
        ("removed", "weggecorrigeerd", "corrected away"),
        ("unknown", "onbekend", "unknown"),
        ("used", "verwerkt tot iets anders", "made into something else"),
        ("accounted", "verantwoord", "accounted for"),
        ("not_accounted", "niet verantwoord", "not accounted for"),
        ("by_party", "Naar organisatie en product", "By organisation and product"),
        ("what_is_not", "Wat niet verantwoord is", "What is not accounted for"),
        (
            "board_more",
            "Nog 1 regel staat in night.json.|Nog {n} regels staan in night.json.",
            "1 more line is in night.json.|{n} more lines are in night.json.",
        ),
        ("product", "Product", "Product"),
        # The list
        ("list", "Aandachtspunten", "Leads"),
        (
            "list_says",
            "1 aandachtspunt op de lijst.|{n} aandachtspunten op de lijst.",
            "1 lead on the list.|{n} leads on the list.",
        ),
        ("list_rest", "Daarbuiten nog 1.|Daarbuiten nog {n}.", "Beyond it 1 more.|Beyond it {n} more."),
        (
            "list_none",
            "Geen aandachtspunten: geen geval wijkt af.",
            "No leads: no case deviates.",
        ),
        ("deviations", "Afwijkingen", "Deviations"),
        (
            "deviations_says",
            "Feiten en voorschriften waar de gegevens van afwijken. Een afwijking is geen overtreding: die stelt een "
            "inspecteur vast, nadat de organisatie is gehoord.",
            "Facts and norms that the data deviate from. A deviation is no violation: an inspector establishes that, "
            "after the organisation was heard.",
        ),
        ("risks", "Risico-indicaties", "Risk indications"),
        (
            "risks_says",
            "Alleen om te kiezen waar een inspectiebezoek zinvol is; zij horen niet in een dossier.",
            "Only to choose where a visit may be useful; they do not belong in a case file.",
        ),
        ("block_none", "Geen op deze lijst.", "None on this list."),
        (
            "lead_deviation",
            "Afwijking van conceptnorm ‘{norm}’",
            "Deviation from concept norm ‘{norm}’",
        ),
        ("lead_violation", "Overtreding van ‘{norm}’", "Violation of ‘{norm}’"),
        ("lead_risk", "Risico-indicatie ‘{norm}’", "Risk indication ‘{norm}’"),
        ("lead_cases", "1 geval|{n} gevallen", "1 case|{n} cases"),
        ("lead_amount", "samen {amount}", "together {amount}"),
        ("lead_oldest", "het oudste van {day}", "the oldest of {day}"),
        ("lead_day", "van {day}", "of {day}"),
        ("on_list", "Op de lijst", "On the list"),
        ("competence", "Bevoegd", "Competent"),
        ("competence_none", "niet vermeld", "not stated"),
        ("party", "Organisatie", "Organisation"),
        ("party_none", "organisatie onbekend", "organisation unknown"),
        ("municipality", "Gemeente", "Municipality"),
        ("municipality_none", "zonder gemeente", "without a municipality"),
        ("cases_shown", "Gevallen ({shown} van {cases})", "Cases ({shown} of {cases})"),
        ("events", "Gebeurtenissen", "Events"),
        ("moment", "Moment", "Moment"),
        ("amount", "Hoeveelheid", "Amount"),
        ("all_cases", "Alle gevallen staan in {file}.", "All cases are in {file}."),
        ("parties", "Naar gemeente en organisatie", "By municipality and organisation"),
        (
            "parties_says",
            "Ook wat niet op de lijst past is hier geteld.",
            "What the list has no place for is counted here as well.",
        ),
        ("leads_deviations", "Afwijkingen", "Deviations"),
        ("leads_risks", "Risico-indicaties", "Risk indications"),
        ("cases", "Gevallen", "Cases"),
        # The chain
        ("chain", "De keten in getallen", "The chain in numbers"),
        ("packages_by_state", "Pakjes naar waar zij zijn", "Packages by where they are"),
        ("state", "Waar", "Where"),
        ("packages", "Pakjes", "Packages"),
        ("giai", "Planten", "Plants"),
        ("lgtin", "Partijen product", "Lots"),
        ("sgtin", "Pakjes", "Packages"),
        ("desadv", "Zendingen", "Shipments"),
        ("pos", "Verkopen aan de toonbank", "Sales over the counter"),
        ("party_objects", "Organisaties", "Organisations"),
        ("site_objects", "Locaties", "Sites"),
    )
}
