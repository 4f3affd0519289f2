"""Every text of the reports, in Dutch and English, side by side.

Rule: one noun, one name, on every screen; a text exists in both languages or not at all, and its two forms take the
same values. A text with `|` has a form for one and a form for any other number `n`. Source of the words: the glossary
of the plan of the house (section 2) and the rules of the field, points 5, 6, 7 and 12 (class norm is `voorschrift`; a
verdict is a deviation until a person establishes a violation).
"""

from __future__ import annotations

from scherp.norms.model import Language

TEXTS: dict[str, dict[Language, str]] = {
    key: {"nl": dutch, "en": english}
    for key, dutch, english in (
        # The page
        ("language", "Taal van dit rapport", "Language of this report"),
        ("skip", "Naar de samenvatting", "Skip to the summary"),
        ("kind_of_page", "Uitkomsten per norm", "Outcomes by norm"),
        ("fictitious", "fictief", "fictitious"),
        ("fictitious_page", "fictief: verzonnen gegevens", "fictitious: invented data"),
        (
            "fictitious_says",
            "Fictief. Dit rapport gaat over verzonnen gegevens en zegt niets over bestaande organisaties of personen.",
            "Fictitious. This report is about invented data and says nothing about existing organisations or people.",
        ),
        ("no_judgement", "Een uitkomst is geen oordeel", "An outcome is not a judgement"),
        (
            "no_judgement_says",
            "Een computer heeft uitgerekend of de vastgelegde gebeurtenissen aan elke norm voldoen. Een oordeel geven "
            "mensen, met redenen en na wederhoor. Een uitkomst die niet voldoet is een aandachtspunt: de gegevens "
            "kunnen onvolledig zijn en er kan een goede verklaring bestaan.",
            "A computer worked out whether the recorded events meet each norm. A judgement is given by people, with "
            "reasons and after a hearing. An outcome that is not met is a lead: the data may be incomplete and there "
            "may be a good explanation.",
        ),
        ("as_of", "Peilmoment", "As of"),
        ("known_at", "Bekend op", "Known at"),
        (
            "known_at_says",
            "Wat later is geregistreerd, telt niet mee.",
            "What was recorded later does not count.",
        ),
        ("framework", "Toetsingskader", "Framework"),
        ("version", "versie {version}", "version {version}"),
        ("events", "Gebeurtenissen", "Events"),
        ("objects", "Objecten", "Objects"),
        ("norms", "Normen", "Norms"),
        ("table_of", "Tabel: {what}", "Table: {what}"),
        ("total", "Totaal", "Total"),
        # Data quality
        ("quality", "Kwaliteit van de gegevens", "Quality of the data"),
        (
            "quality_clean",
            "Alles wat is aangeleverd kon worden gelezen, elke gebeurtenis heeft een tijdstip en er is geen enkele "
            "bijzonderheid gevonden.",
            "Everything that was delivered could be read, every event has a time and nothing unusual was found.",
        ),
        (
            "quality_says",
            "De uitkomsten zijn niet beter dan deze gegevens. Let op: {points}.",
            "The outcomes are no better than these data. Please note: {points}.",
        ),
        (
            "more_points",
            "nog 1 bijzonderheid staat hieronder|nog {n} bijzonderheden staan hieronder",
            "1 more point of note is below|{n} more points of note are below",
        ),
        ("span", "Tijdvak", "Time span"),
        ("span_says", "{first} tot en met {last}", "{first} up to and including {last}"),
        ("span_none", "geen enkel tijdstip bekend", "no time known"),
        ("snapshot", "Momentopname", "Snapshot"),
        ("store", "Opslag", "Store"),
        ("sources", "Bronnen", "Sources"),
        ("source", "Bron", "Source"),
        ("format", "Vorm", "Format"),
        ("read", "Gelezen", "Read"),
        ("kept", "Bewaard", "Kept"),
        ("known", "Al bekend", "Already known"),
        ("refused", "Geweigerd", "Refused"),
        ("corrections", "Correcties", "Corrections"),
        ("no_time", "Zonder tijdstip", "Without a time"),
        ("doubled_hour", "Dubbel uur", "Doubled hour"),
        ("size", "Omvang", "Size"),
        (
            "more_sources",
            "en nog 1 bron|en nog {n} bronnen",
            "and 1 more source|and {n} more sources",
        ),
        ("sources_add_up", "Gelezen = bewaard + al bekend + geweigerd.", "Read = kept + already known + refused."),
        ("remarkable", "Bijzonderheden", "Points of note"),
        ("what", "Wat", "What"),
        ("how_many", "Aantal", "Number"),
        ("objects_by_type", "Objecten per soort", "Objects by type"),
        ("events_by_type", "Gebeurtenissen per soort", "Events by type"),
        ("type", "Soort", "Type"),
        ("unknown_time", "Tijdstip onbekend", "Time unknown"),
        (
            "unknown_time_means",
            "Waar een norm dat tijdstip nodig heeft, is de uitkomst ‘niet te beoordelen’.",
            "Where a norm needs that time, the outcome is ‘unknown’.",
        ),
        (
            "unknown_time_point",
            "van 1 gebeurtenis is het tijdstip onbekend|van {n} gebeurtenissen is het tijdstip onbekend",
            "the time of 1 event is unknown|the time of {n} events is unknown",
        ),
        ("rejected", "Geweigerde regels", "Rows refused"),
        (
            "rejected_means",
            "Wat daarin stond telt nergens mee. De reden per regel staat in het bestand met geweigerde regels.",
            "What they held counts nowhere. The reason for each row is in the file of refused rows.",
        ),
        ("rejected_point", "1 regel is geweigerd|{n} regels zijn geweigerd", "1 row was refused|{n} rows were refused"),
        ("corrected", "Teruggenomen gebeurtenissen", "Events taken back"),
        (
            "corrected_means",
            "De bron heeft ze zelf ingetrokken; ze tellen niet mee, maar blijven bewaard.",
            "The source itself withdrew them; they do not count, but are kept.",
        ),
        (
            "corrected_point",
            "1 gebeurtenis is door de bron teruggenomen|{n} gebeurtenissen zijn door de bron teruggenomen",
            "1 event was taken back by its source|{n} events were taken back by their source",
        ),
        ("late", "Laat geregistreerd", "Recorded late"),
        (
            "late_means",
            "Meer dan een dag na de gebeurtenis vastgelegd. Het tijdstip kan minder betrouwbaar zijn.",
            "Recorded more than a day after the event. The time may be less reliable.",
        ),
        (
            "late_point",
            "1 gebeurtenis is meer dan een dag later geregistreerd|{n} gebeurtenissen zijn meer dan een dag later "
            "geregistreerd",
            "1 event was recorded more than a day later|{n} events were recorded more than a day later",
        ),
        ("before", "Vooraf geregistreerd", "Recorded beforehand"),
        (
            "before_means",
            "Vastgelegd voordat het gebeurde. Dat kan een aankondiging zijn of een klok die verkeerd staat.",
            "Recorded before it happened. That may be an announcement or a clock that is wrong.",
        ),
        (
            "before_point",
            "1 gebeurtenis is geregistreerd voordat zij plaatsvond|{n} gebeurtenissen zijn geregistreerd voordat zij "
            "plaatsvonden",
            "1 event was recorded before it happened|{n} events were recorded before they happened",
        ),
        ("unrecorded", "Zonder registratiemoment", "Without a moment of recording"),
        (
            "unrecorded_means",
            "Of deze gebeurtenissen op tijd zijn geregistreerd, is niet na te gaan.",
            "Whether these events were recorded in time cannot be established.",
        ),
        (
            "unrecorded_point",
            "van 1 gebeurtenis is niet bekend wanneer zij is geregistreerd|van {n} gebeurtenissen is niet bekend "
            "wanneer zij zijn geregistreerd",
            "for 1 event it is not known when it was recorded|for {n} events it is not known when they were recorded",
        ),
        ("future", "Na het moment van inlezen", "After the moment of intake"),
        (
            "future_means",
            "Gebeurtenissen in de toekomst bepalen het peilmoment niet.",
            "Events in the future do not set the moment of judging.",
        ),
        (
            "future_point",
            "1 gebeurtenis ligt na het moment van inlezen|{n} gebeurtenissen liggen na het moment van inlezen",
            "1 event lies after the moment of intake|{n} events lie after the moment of intake",
        ),
        ("ambiguous", "In het dubbele uur", "In the doubled hour"),
        (
            "ambiguous_means",
            "Toen de wintertijd inging kwam dit uur twee keer voor; het eerste is aangehouden.",
            "This hour came twice when summer time ended; the first was taken.",
        ),
        (
            "ambiguous_point",
            "1 tijdstip valt in het dubbele uur van de wintertijd|{n} tijdstippen vallen in het dubbele uur van de "
            "wintertijd",
            "1 time falls in the doubled hour at the end of summer time|{n} times fall in the doubled hour at the end "
            "of summer time",
        ),
        ("conflicts", "Kenmerken met strijdige waarden", "Attributes with conflicting types"),
        (
            "conflicts_means",
            "Deze kenmerken hadden niet overal dezelfde vorm en zijn als tekst bewaard.",
            "These attributes did not have the same form everywhere and were kept as text.",
        ),
        (
            "conflicts_point",
            "1 kenmerk heeft strijdige waarden|{n} kenmerken hebben strijdige waarden",
            "1 attribute has conflicting types|{n} attributes have conflicting types",
        ),
        # Verdicts
        ("met", "voldoet", "met"),
        ("breached", "voldoet niet", "breached"),
        ("pending", "loopt nog", "pending"),
        ("unknown", "niet te beoordelen", "unknown"),
        ("not_applicable", "n.v.t.", "n/a"),
        ("met_means", "De norm is nageleefd.", "The norm was followed."),
        (
            "breached_means",
            "De gegevens laten zien dat de norm niet is gehaald.",
            "The data show that the norm was not met.",
        ),
        (
            "pending_means",
            "De termijn liep op het peilmoment nog.",
            "The term was still running at the moment of judging.",
        ),
        (
            "unknown_means",
            "Een tijdstip of kenmerk ontbreekt dat de norm nodig heeft.",
            "A time or attribute that the norm needs is missing.",
        ),
        (
            "not_applicable_means",
            "De norm geldt niet voor dit geval, bijvoorbeeld door een uitzondering of buiten de geldigheid.",
            "The norm does not hold for this case, for instance because of an exception or outside its validity.",
        ),
        ("violation", "overtreding", "violation"),
        (
            "deviation",
            "afwijking van conceptnorm, bron te bevestigen",
            "deviation from a concept norm, source to be confirmed",
        ),
        ("deviation_short", "afwijking van conceptnorm", "deviation from a concept norm"),
        ("too_late", "te laat", "late"),
        # Summary
        ("summary", "Samenvatting", "Summary"),
        (
            "summary_computed",
            "Het kader heeft 1 norm.|Het kader heeft {n} normen.",
            "The framework has 1 norm.|The framework has {n} norms.",
        ),
        (
            "summary_people",
            "1 norm beoordelen mensen zelf.|{n} normen beoordelen mensen zelf.",
            "1 norm is judged by people themselves.|{n} norms are judged by people themselves.",
        ),
        (
            "summary_needs",
            "Voor 1 norm ontbreken gegevens.|Voor {n} normen ontbreken gegevens.",
            "For 1 norm data are missing.|For {n} norms data are missing.",
        ),
        (
            "summary_reads",
            "Het aandeel is voldoet / (voldoet + voldoet niet), met een betrouwbaarheidsinterval van 95%. Uitkomsten "
            "van verschillende normen worden niet opgeteld.",
            "The share is met / (met + breached), with a 95% confidence interval. Outcomes of different norms are not "
            "added up.",
        ),
        ("norm", "Norm", "Norm"),
        ("class", "Klasse", "Class"),
        ("population", "Populatie", "Population"),
        ("share", "Aandeel", "Share"),
        ("words", "Wat de uitkomsten betekenen", "What the outcomes mean"),
        ("fact_class", "feit", "fact"),
        ("norm_class", "voorschrift", "norm"),
        ("risk_class", "risico", "risk"),
        (
            "risk_says",
            "Een risico wijst alleen aan waar een inspectiebezoek zinvol kan zijn; het hoort niet in een dossier.",
            "A risk only points to where a visit may be useful; it does not belong in a case file.",
        ),
        ("by_people", "mensen beoordelen dit", "people judge this"),
        ("not_computable", "niet te berekenen: gegevens ontbreken", "not computable: data are missing"),
        ("not_computed", "niet berekend", "not computed"),
        ("themes", "Thema’s", "Themes"),
        ("no_theme", "Zonder thema", "Without a theme"),
        ("theme_norms", "1 norm|{n} normen", "1 norm|{n} norms"),
        # A norm
        ("norms_one_by_one", "Norm voor norm", "Norm by norm"),
        ("legal_source", "Bron", "Source"),
        ("status", "Status", "Status"),
        ("law", "wet", "law"),
        ("policy", "beleid", "policy"),
        ("target", "streefwaarde", "target"),
        ("concept", "concept", "concept"),
        ("checked_read", "tekst gelezen", "text read"),
        ("checked_secondary", "gelezen in een afgeleide bron", "read in a secondary source"),
        ("checked_unread", "tekst nog niet gelezen", "text not yet read"),
        ("unconfirmed", "conceptnorm", "concept norm"),
        ("confirmed", "bron bevestigd", "source confirmed"),
        ("validity", "Geldig", "Valid"),
        ("always", "zonder begin- of einddatum", "without a first or last date"),
        ("valid_from", "vanaf {start}", "from {start}"),
        ("valid_until", "tot {end}", "before {end}"),
        ("valid_both", "van {start} tot {end}", "from {start} to {end} (not included)"),
        ("supervisor", "Toezichthouder", "Supervisor"),
        ("addressee", "Gericht tot", "Addressed to"),
        ("norm_id", "Kenmerk", "Identifier"),
        ("verdicts", "Uitkomsten", "Verdicts"),
        ("verdict", "Uitkomst", "Verdict"),
        ("cases", "Gevallen", "Cases"),
        ("of_population", "Deel", "Part"),
        (
            "no_cases",
            "Geen gevallen: niets in de gegevens valt onder deze norm.",
            "No cases: nothing in the data falls under this norm.",
        ),
        ("bar_says", "Verdeling van {n} gevallen: {parts}.", "Distribution of {n} cases: {parts}."),
        (
            "widened",
            "Heel kleine delen zijn breder getekend dan zij zijn.",
            "Very small parts are drawn wider than they are.",
        ),
        ("share_met", "Aandeel dat voldoet", "Share that is met"),
        ("interval", "95%-interval: {low} tot {high}", "95% interval: {low} to {high}"),
        (
            "share_none",
            "Geen aandeel te geven: geen enkel geval voldoet of voldoet niet.",
            "No share can be given: no case is met or breached.",
        ),
        (
            "share_says",
            "Aandeel dat voldoet: {share}, 95%-interval {low} tot {high}.",
            "Share that is met: {share}, 95% interval {low} to {high}.",
        ),
        (
            "target_says",
            "Streefwaarde voor de populatie: ten minste {target}. Uitkomst: {verdict}.",
            "Target for the population: at least {target}. Outcome: {verdict}.",
        ),
        ("target_mark", "streefwaarde {target}", "target {target}"),
        ("reached", "gehaald", "reached"),
        ("not_reached", "niet gehaald", "not reached"),
        ("reached_unknown", "nog niet te zeggen", "cannot be said yet"),
        (
            "target_meaning",
            "Deze norm vraagt iets van het geheel, niet van elk geval: één geval dat de grens niet haalt is geen "
            "afwijking.",
            "This norm asks something of the whole, not of each case: one case beyond the limit is no deviation.",
        ),
        ("lateness", "Hoeveel te laat", "How late"),
        ("worst", "Zwaarste gevallen", "Worst cases"),
        (
            "worst_says",
            "Hier staat 1 geval.|Hier staan {n} gevallen.",
            "1 case is shown here.|{n} cases are shown here.",
        ),
        (
            "worst_all",
            "Alle gevallen die niet voldoen staan in de map verdicts van deze berekening.",
            "All cases that are not met are in the folder verdicts of this run.",
        ),
        ("object", "Object", "Object"),
        ("event", "Gebeurtenis", "Event"),
        ("due", "Uiterlijk", "Due"),
        ("late_by", "Te laat", "Late by"),
        ("reason", "Reden", "Reason"),
        ("reasons", "Redenen", "Reasons"),
        ("warnings", "Let op", "Please note"),
        ("look_at", "Waar een beoordelaar naar kijkt", "What an assessor looks at"),
        ("needs", "Welke gegevens nodig zijn", "Which data are needed"),
        ("norm_sql", "De berekening van deze norm (SQL)", "How this norm was computed (SQL)"),
        ("to_summary", "Terug naar de samenvatting", "Back to the summary"),
        # Proof
        ("proof", "Narekenen", "Check it yourself"),
        (
            "proof_says",
            "Iedereen met de gegevens en deze map kan de uitkomsten opnieuw laten berekenen. De opdracht zegt wat er "
            "verschilt, als er iets verschilt:",
            "Anyone with the data and this folder can have the outcomes computed again. The command says what differs, "
            "if anything differs:",
        ),
        (
            "proof_run",
            "RUN is de map waarin dit rapport staat.",
            "RUN is the folder that holds this report.",
        ),
        ("shared_sql", "Berekening die normen delen (SQL)", "Computation that norms share (SQL)"),
        ("engine", "Versies", "Versions"),
        ("time_zones", "tijdzones", "time zones"),
        ("hashes", "Vingerafdrukken (SHA-256)", "Fingerprints (SHA-256)"),
        ("manifest", "Manifest van de opslag", "Manifest of the store"),
        ("kept_cases", "Bewaarde gevallen", "Cases kept"),
        ("kept_all", "alle, ook die voldoen", "all, those that are met too"),
        ("kept_not_met", "alle die niet voldoen", "all that are not met"),
        ("made_with", "Berekend met Scherp {version}", "Computed with Scherp {version}"),
    )
}
