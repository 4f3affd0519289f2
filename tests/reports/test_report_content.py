"""What a report says, in which order, and what it may call a case."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement
from msgspec.structs import replace
from reading import in_language, rows, section_of, words
from sample import CALLS, CLEAN, LONG_ID, NO_CASES, NORMS, ONE_PAYMENT, ONLY_PENDING, SENT, norm, run_of, sample_run

from scherp.judging.record import Case, SourceFile
from scherp.reports.norm_section import FEWEST_CASES, MOST_CASES, MOST_CASES_ALTOGETHER, cases_shown
from scherp.reports.quality import MOST_SOURCES, points_of_note

DEVIATION = {
    "nl": "afwijking van conceptnorm, bron te bevestigen",
    "en": "deviation from a concept norm, source to be confirmed",
}


def _article(lang: str, says: str, **other: object) -> HtmlElement:
    return section_of(in_language(sample_run(**other), lang), says)


def _table(element: HtmlElement, kind: str) -> list[list[str]]:
    (table,) = element.xpath(f".//table[@class='{kind}']")
    return rows(table)


# The head


def test_the_head_names_the_framework_the_moment_and_that_an_outcome_is_no_judgement() -> None:
    dutch, english = (words(in_language(sample_run(), lang).find(".//main")) for lang in ("nl", "en"))
    assert "Verkeersboetes Peilmoment 1 april 2026, 14:30 UTC Bekend op 2 april 2026, 00:00 UTC" in dutch
    assert "Een uitkomst is geen oordeel" in dutch
    assert "Road traffic fines As of 1 April 2026, 14:30 UTC" in english
    assert "An outcome is not a judgement" in english


def test_the_data_come_before_the_outcomes_and_the_proof_last() -> None:
    headings = [words(heading) for heading in in_language(sample_run(), "nl").iter("h2")]
    assert headings == ["Kwaliteit van de gegevens", "Samenvatting", "Norm voor norm", "Narekenen"]


# The data


def test_each_source_shows_what_was_read_kept_known_and_refused_and_the_total() -> None:
    table = _table(in_language(sample_run(), "nl"), "sources")
    assert table[0][:6] == ["Bron", "Vorm", "Gelezen", "Bewaard", "Al bekend", "Geweigerd"]
    assert table[1] == ["fines-2025.csv fictief", "csv", "51.460", "51.148", "0", "312", "0", "14", "3", "12,4 MB"]
    assert table[-1] == ["Totaal", "", "56.860", "56.148", "400", "312", "5", "14", "3", "13,1 MB"]


def test_many_sources_are_shown_in_part_and_added_up_whole() -> None:
    sources = [SourceFile(f"part-{index}.csv", "csv", "0" * 64, 1_000, 3, 2, 1) for index in range(MOST_SOURCES + 7)]
    table = _table(in_language(sample_run(data=replace(CLEAN, sources=sources)), "en"), "sources")
    assert len(table) == 1 + MOST_SOURCES + 2
    assert table[-2][:5] == ["and 7 more sources", "", "21", "14", "7"]
    assert table[-1][2] == str(3 * (MOST_SOURCES + 7))


def test_each_point_of_note_has_its_number_and_its_meaning() -> None:
    table = dict(_table(in_language(sample_run(), "nl"), "remarkable"))
    assert table.pop("Wat") == "Aantal"
    assert [text.split(" ")[0] for text in table.values()] == ["312", "14", "5", "1.203", "6", "4.400", "2", "3", "2"]
    assert "4.400 (7,8%)" in table.values()
    assert any(name.startswith("Laat geregistreerd Meer dan een dag na de gebeurtenis") for name in table)


def test_the_points_of_note_cover_every_count_of_quality_in_the_record() -> None:
    marked = replace(
        CLEAN,
        **{name: 10 + at for at, name in enumerate(CLEAN.__struct_fields__) if getattr(CLEAN, name) == 0},
        attribute_conflicts=["a"],
    )
    quality = {getattr(marked, name) for name in CLEAN.__struct_fields__ if getattr(CLEAN, name) == 0}
    assert len(quality) == 8
    assert {count for _, count in points_of_note(marked)} == quality | {1}


def test_clean_data_are_said_to_be_clean_and_only_those() -> None:
    said = "elke gebeurtenis heeft een tijdstip en er is geen enkele bijzonderheid gevonden"
    assert said in words(in_language(sample_run(data=CLEAN), "nl"))
    for name in CLEAN.__struct_fields__:
        if getattr(CLEAN, name) == 0:
            assert said not in words(in_language(sample_run(data=replace(CLEAN, **{name: 1})), "nl"))


def test_the_sentence_on_the_data_tells_the_weightiest_points_and_counts_the_others() -> None:
    said = words(in_language(sample_run(), "en").find_class("quality")[0].find(".//p"))
    assert said.endswith("5 events were taken back by their source; 6 more points of note are below.")


def test_conflicting_attributes_objects_and_events_are_listed() -> None:
    section = in_language(sample_run(), "nl").find_class("quality")[0]
    assert [words(item) for item in section.iter("li")] == ["amount: integer, text", "<i>channel</i>: boolean, text"]
    objects, events = (rows(table) for table in section.find_class("types"))
    assert objects[1:] == [["case", "10.000"], ["party", "12"]]
    assert len(events) == 15


# The summary


def test_the_summary_has_a_row_for_every_norm_with_its_counts_and_its_share() -> None:
    table = _table(in_language(sample_run(), "nl"), "norms")
    by_norm = {row[0].split(".")[0]: row for row in table if len(row) > 1}
    row = by_norm["Een boete wordt binnen 90 dagen na het opleggen verzonden"]
    assert row[1:] == ["voorschrift", "10.000", "7.954", "1.203", "210", "14", "619", "86,9% 86,2% – 87,5%"]
    assert by_norm["De burger wordt met respect behandeld"][1:] == ["voorschrift", "mensen beoordelen dit"]
    assert by_norm["Norm waiting in het Nederlands"][-1] == "–"
    assert len(by_norm) - 1 == len(NORMS)


def test_the_summary_follows_the_themes_of_the_framework() -> None:
    table = in_language(sample_run(), "nl").xpath("//table[@class='norms']//tr[@class='theme']")
    assert [words(row) for row in table] == ["Tijdigheid", "Zorgvuldigheid", "elsewhere", "Zonder thema"]


def test_norms_that_people_judge_and_norms_without_data_are_counted_apart() -> None:
    said = words(in_language(sample_run(), "en").xpath("//*[@id='summary']//p")[0])
    assert said == "The framework has 9 norms. 1 norm is judged by people themselves. For 1 norm data are missing."


# What a case may be called


@pytest.mark.parametrize(("lang", "violation"), [("nl", "overtreding"), ("en", "violation")])
def test_only_a_confirmed_law_names_a_violation(lang: str, violation: str) -> None:
    confirmed = norm("n", (1, 1, 0, 0, 0), may_name_breach=True, worst=[Case("A", "e", "breached")])
    concept = replace(confirmed, may_name_breach=False)
    said, not_said = (words(_article(lang, "Norm n", norms=[entry])) for entry in (confirmed, concept))
    assert violation in said
    assert DEVIATION[lang] not in said
    assert violation not in not_said
    assert DEVIATION[lang] in not_said


@pytest.mark.parametrize("may_name_breach", [True, False])
def test_a_late_case_of_a_target_for_the_population_is_late_and_no_breach(may_name_breach: bool) -> None:
    target = replace(CALLS, may_name_breach=may_name_breach)
    article = _article("nl", CALLS.says["nl"], norms=[target])
    assert _table(article, "verdicts")[2] == ["voldoet niet te laat", "131", "6,7%"]
    assert "Zwaarste gevallen: te laat" in words(article)
    assert "overtreding" not in words(article)
    assert DEVIATION["nl"] not in words(article)


@pytest.mark.parametrize(
    ("reached", "said"), [(True, "gehaald"), (False, "niet gehaald"), (None, "nog niet te zeggen")]
)
def test_a_target_says_whether_the_population_reached_it(reached: bool | None, said: str) -> None:
    run = sample_run(norms=[replace(CALLS, reached=reached)])
    article = section_of(in_language(run, "nl"), CALLS.says["nl"])
    assert f"Streefwaarde voor de populatie: ten minste 90%. Uitkomst: {said}." in words(article)
    assert f"streefwaarde 90%: {said}" in words(in_language(run, "nl").get_element_by_id("summary"))


def test_a_risk_is_said_to_stay_out_of_a_case_file() -> None:
    assert "het hoort niet in een dossier" in words(_article("nl", "binnen een dag geregistreerd"))


# A norm


def test_a_norm_shows_its_source_status_validity_and_whom_it_concerns() -> None:
    article = _article("nl", SENT.says["nl"])
    pairs = {words(pair.find("dt")): words(pair.find("dd")) for pair in article.xpath(".//dl/div")}
    assert pairs == {
        "Bron": "Wet verkeersboetes (verzonnen), artikel 4, tweede lid",
        "Status": "wet, tekst gelezen",
        "Geldig": "van 1 januari 2000 tot 1 juli 2024; vanaf 1 juli 2024",
        "Toezichthouder": "Inspectie Verkeersboetes (verzonnen)",
        "Gericht tot": "Uitvoeringsdienst boetes (verzonnen)",
        "Kenmerk": "fine-sent-within-90-days",
    }


def test_the_five_counts_stand_with_their_population() -> None:
    assert _table(_article("en", SENT.says["en"]), "verdicts") == [
        ["Verdict", "Cases", "Part"],
        ["met", "7,954", "79.5%"],
        ["breached violation", "1,203", "12.0%"],
        ["pending", "210", "2.1%"],
        ["unknown", "14", "0.1%"],
        ["n/a", "619", "6.2%"],
        ["Population", "10,000", ""],
    ]


def test_the_share_stands_with_its_interval() -> None:
    assert "Share that is met 86.9% 95% interval: 86.2% to 87.5%" in words(_article("en", SENT.says["en"]))


def test_without_a_share_the_report_says_why() -> None:
    assert "Geen aandeel te geven" in words(_article("nl", ONLY_PENDING.says["nl"]))
    empty = words(_article("nl", NO_CASES.says["nl"]))
    assert "Geen gevallen: niets in de gegevens valt onder deze norm." in empty


def test_the_bar_of_verdicts_is_described_in_words() -> None:
    (bar,) = _article("nl", ONLY_PENDING.says["nl"]).xpath(".//svg[@role='img']")
    assert bar.get("aria-label") == "Verdeling van 33 gevallen: loopt nog 31, niet te beoordelen 2."


def test_lateness_is_told_bar_by_bar() -> None:
    table = _table(_article("nl", SENT.says["nl"]), "histogram")
    assert [row[:2] for row in table[1:]] == [
        ["korter dan 1 dag", "88"],
        ["1 tot 7 dagen", "391"],
        ["7 tot 30 dagen", "402"],
        ["30 tot 90 dagen", "245"],
        ["90 tot 365 dagen", "70"],
        ["365 dagen of meer", "7"],
    ]


def test_the_worst_cases_show_object_event_due_moment_lateness_and_reason() -> None:
    table = _table(_article("nl", SENT.says["nl"]), "cases")
    assert table[:2] == [
        ["Object", "Gebeurtenis", "Uiterlijk", "Te laat", "Reden"],
        ["A100", "e-1", "1 maart 2025, 00:00 UTC", "412 dagen en 2 uur", "later dan toegestaan"],
    ]
    assert table[4][3] == "–"


def test_worst_cases_of_more_than_one_verdict_each_name_theirs() -> None:
    mixed = norm("n", (0, 1, 0, 1, 0), worst=[Case("A", "e", "breached"), Case("B", None, "unknown", reason="no-time")])
    table = _table(_article("nl", "Norm n", norms=[mixed]), "cases")
    assert [row[-1] for row in table] == ["Uitkomst", "afwijking van conceptnorm", "niet te beoordelen"]
    assert table[2][:2] == ["B", "–"]


def test_identifiers_are_whole_however_long() -> None:
    assert words(_article("nl", ONE_PAYMENT.says["nl"])).count(LONG_ID) == 2


@pytest.mark.parametrize(
    ("norms", "shown"), [(1, MOST_CASES), (MOST_CASES_ALTOGETHER // 4, 4), (10**6, FEWEST_CASES), (0, MOST_CASES)]
)
def test_the_worst_cases_of_a_large_framework_are_fewer_a_norm(norms: int, shown: int) -> None:
    assert cases_shown(norms) == shown


def test_no_norm_shows_more_than_its_worst_ten() -> None:
    many = norm("n", (0, 40, 0, 0, 0), worst=[Case(f"A{index}", "e", "breached") for index in range(40)])
    article = _article("en", "Norm n", norms=[many])
    assert len(_table(article, "cases")) == 1 + MOST_CASES
    assert "10 cases are shown here." in words(article)


def test_reasons_are_counted_most_frequent_first() -> None:
    table = _table(_article("nl", SENT.says["nl"]), "reasons")
    assert table[1:] == [
        ["later dan toegestaan", "1.120"],
        ["niet gevolgd binnen de termijn", "83"],
        ["het tijdstip ontbreekt", "14"],
    ]


def test_warnings_are_shown_in_the_language_they_are_written_in() -> None:
    (warning,) = _article("nl", ONE_PAYMENT.says["nl"]).find_class("warning")
    assert [words(item) for item in warning.iter("li")] == ONE_PAYMENT.warnings
    assert {item.get("lang") for item in warning.iter("li")} == {"en"}


def test_the_sql_that_ran_is_there_once_as_it_was_and_folded_away() -> None:
    document = in_language(sample_run(), "nl")
    shown = ["".join(block.itertext()) for block in document.xpath("//details[@class='sql' and not(@open)]//code")]
    assert shown == [*SENT.sql, *ONE_PAYMENT.sql, *sample_run().shared_sql]


def test_a_norm_for_people_says_what_they_look_at_and_has_no_counts() -> None:
    article = _article("en", "treated with respect")
    assert "What an assessor looks at The tone of letters and talks" in words(article)
    assert not article.findall(".//table")


def test_a_norm_without_data_says_which_it_needs() -> None:
    article = _article("nl", "krijgt een tolk")
    assert "niet te berekenen: gegevens ontbreken" in words(article)
    assert "Welke gegevens nodig zijn De taal van de burger." in words(article)


# The proof


def test_the_proof_names_the_command_the_versions_and_every_hash() -> None:
    run = sample_run()
    (section,) = in_language(run, "en").find_class("proof")
    said = words(section)
    assert "scherp verify RUN" in said
    assert "Scherp 0.1.0, DuckDB 2.0.0, SQLGlot 30.30.0, time zones 2026.1" in said
    hashes = [run.framework.sha256, run.data.manifest_sha256, *(source.sha256 for source in run.data.sources)]
    assert [value for value in hashes if value not in said] == []


@pytest.mark.parametrize(("keep_met", "said"), [(True, "all, those that are met too"), (False, "all that are not met")])
def test_the_proof_says_which_cases_were_kept(keep_met: bool, said: str) -> None:
    assert said in words(in_language(sample_run(keep_met=keep_met), "en").find_class("proof")[0])


def test_every_norm_of_the_run_is_on_the_page_once() -> None:
    document = in_language(run_of(25), "nl")
    assert sorted(words(heading) for heading in document.xpath("//article//h4")) == sorted(
        entry.says["nl"] for entry in run_of(25).norms
    )
