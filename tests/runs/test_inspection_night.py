"""A night says what was found, where the harvest is, and what it could not read; two blocks, one written order."""

from __future__ import annotations

import json
import random
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from night_samples import (
    DRY,
    GROWER,
    SENDING,
    SHOP,
    SILENT,
    Inspected,
    first_week,
    framework,
    night,
    package,
    second_week,
    whole_inbox,
    write_inbox,
)

from scherp.faults import Refused
from scherp.judging.record import NormRecord
from scherp.reports.night_record import NightCase
from scherp.runs.inspection import Inspection, cases_of, inspect
from scherp.runs.leads import cut, leads_of, party_lines
from scherp.runs.night_cases import Register, Registered, case_id


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Inspected:
    folder = tmp_path_factory.mktemp("night")
    whole_inbox(folder)
    return night(folder)


def test_each_case_says_norm_object_events_moment_amount_party_and_reason(made: Inspected) -> None:
    cases = {case.norm: case for case in cases_of(made.done.folder)}
    assert cases["made-before-sale"] == NightCase(
        case=case_id("made-before-sale", package(5), "urn:uuid:sale-3"), norm="made-before-sale", class_="fact",
        object=package(5), events=["urn:uuid:sale-3"], moment="2026-01-30T11:00:00Z", amount=None, party=SHOP,
        site="urn:epc:id:sgln:9521900.00002.0", reason="not-preceded",
    )  # fmt: skip
    assert cases["received-as-sent"].object == SENDING
    assert cases["received-as-sent"].events == ["urn:uuid:sending", "urn:uuid:receipt"]
    assert Decimal(cases["received-as-sent"].amount or 0) == 1
    assert cases["received-as-sent"].party == GROWER


def test_what_was_done_too_often_is_about_who_did_it_last(made: Inspected) -> None:
    twice = next(case for case in cases_of(made.done.folder) if case.norm == "sold-once")
    assert (twice.party, twice.events[0], twice.object) == (SHOP, "urn:uuid:sale-2", package(1))


def test_a_norm_for_the_population_gives_no_cases(made: Inspected) -> None:
    judged = {norm.norm: norm for norm in made.done.record.norms}
    assert judged["most-are-kept"].breached == 1
    assert {case.norm for case in cases_of(made.done.folder)} == set(judged) - {"most-are-kept"}


def test_the_board_figure_follows_every_gram_to_where_it_is(made: Inspected) -> None:
    board = made.night.board
    assert (board.harvested, board.share) == ("100", "0.83333")
    # a package of 5 g carries 5/25 of the 25/30 of the harvest that became the dry lot
    assert {word: grams for word, grams in board.where.items() if grams != "0"} == {
        "sold": "16.667", "in_stock": "46.667", "in_transit": "16.667", "sampled": "3.333", "missing": "16.667",
    }  # fmt: skip
    assert (board.lines[0].party, board.lines[0].product, board.lines[0].not_accounted) == (SHOP, "flower", "16.667")
    assert board.packages == {"in_stock": 1, "in_transit": 1, "missing": 1, "sold": 2}


def test_what_was_harvested_before_the_twelve_months_does_not_count(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    board = night(tmp_path, as_of="2027-01-15T00:00:00Z").night.board
    assert (board.harvested, board.share, board.lines) == ("0", None, [])


def test_facts_come_before_norms_before_risks_and_a_risk_is_never_called_a_deviation(made: Inspected) -> None:
    leads = made.night.leads
    assert [(lead.number, lead.class_) for lead in leads] == [(1, "fact"), (2, "fact"), (3, "norm"), (4, "risk")]
    assert all(lead.says["nl"].startswith("Afwijking van conceptnorm") for lead in leads[:3])
    assert leads[3].says["nl"] == "Risico-indicatie ‘Weinig raakt zoek’: kwam toch voor, 1 geval, van 30 januari 2026."
    assert {lead.supervisor for lead in leads} == {"Inspectie"}
    assert [lead.municipality for lead in leads if lead.party == SHOP] == ["Fictiedam"] * 3


def test_the_list_is_cut_and_the_rest_is_counted_by_party_too(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    found = night(tmp_path, most=1).night
    assert len(found.leads) == 1
    assert (found.rest.deviations, found.rest.risks, found.rest.cases) == (2, 1, 3)
    assert sum(line.deviations + line.risks for line in found.parties) == 4
    assert [number for line in found.parties for number in line.listed] == [1]


def _case(norm: str, class_: str, party: str, amount: str | None, moment: str, number: int) -> NightCase:
    return NightCase(f"{number}", norm, class_, f"o{number}", [], moment, amount, party, None, "late")


def test_the_order_is_class_then_amount_then_age_and_never_the_order_of_the_data() -> None:
    norms = [NormRecord("r", "risk"), NormRecord("n", "norm"), NormRecord("f", "fact")]
    cases = [
        _case("n", "norm", "A", "5", "2026-01-03T00:00:00Z", 1),
        _case("n", "norm", "B", "-7", "2026-01-04T00:00:00Z", 2),
        _case("n", "norm", "C", "5", "2026-01-01T00:00:00Z", 3),
        _case("f", "fact", "B", None, "2026-01-09T00:00:00Z", 4),
        _case("r", "risk", "A", "900", "2026-01-01T00:00:00Z", 5),
        _case("n", "norm", "A", "1", "2026-01-02T00:00:00Z", 6),
    ]
    register = Register({"A": Registered("Alfa", "shop", "", None)}, {})
    expected = [("f", "B"), ("n", "B"), ("n", "A"), ("n", "C"), ("r", "A")]
    for seed in range(5):
        random.Random(seed).shuffle(cases)
        leads = leads_of(cases, norms, register)
        assert [(lead.norm, lead.party) for lead in leads] == expected
    assert (leads[2].cases, leads[2].amount, leads[2].oldest, leads[2].name) == (2, "6", "2026-01-02T00:00:00Z", "Alfa")
    assert leads[2].municipality is None
    listed, rest = cut(leads, 2)
    assert (len(listed), rest.deviations, rest.risks, rest.cases) == (2, 2, 1, 4)
    assert {line.party: line.listed for line in party_lines(leads, 2)} == {"A": [], "B": [1, 2], "C": []}


def test_only_a_norm_that_may_name_a_breach_calls_a_case_a_violation() -> None:
    norm = NormRecord("n", "norm", says={"nl": "Zo is het.", "en": "So it is."}, may_name_breach=True)
    lead = leads_of([_case("n", "norm", "A", None, "2026-01-03T00:00:00Z", 1)], [norm], Register({}, {}))[0]
    assert lead.says["nl"] == "Overtreding van ‘Zo is het’: later dan toegestaan, 1 geval, van 3 januari 2026."


def test_a_case_of_nobody_known_says_so(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    (tmp_path / "inbox" / "parties.csv").unlink()
    found = night(tmp_path)
    assert {lead.party for lead in found.night.leads} == {None}
    assert "organisatie onbekend" in (found.done.folder / "report.html").read_text("utf-8")


def test_refused_documents_are_told_and_the_night_goes_on(tmp_path: Path) -> None:
    inbox = whole_inbox(tmp_path)
    (inbox / "bad.jsonl").write_text('{"type": "ObjectEvent", "eventTime": "yesterday"}\n', "utf-8")
    (inbox / "what.bin").write_bytes(b"\x00\x01\x02")
    found = night(tmp_path)
    assert sorted({fault.where.partition(":")[0] for fault in found.faults}) == ["inbox/bad.jsonl", "inbox/what.bin"]
    assert len(found.night.leads) == 4
    assert not found.night.gate.passed
    assert found.night.refused == [str(fault) for fault in found.faults]
    assert "De poort is dicht" in (found.done.folder / "report.html").read_text("utf-8")


def test_a_party_that_was_active_and_silent_closes_the_gate_and_a_closed_one_does_not(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    late = night(tmp_path, as_of="2026-02-20T00:00:00Z").night.gate
    assert (late.passed, late.silent) == (False, [GROWER, SHOP])
    during = night(tmp_path, out="before", as_of="2025-12-30T00:00:00Z").night.gate
    assert SILENT in during.silent


def test_a_night_needs_a_store_and_a_number_of_leads(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="this is no store"):
        night(tmp_path, inbox=None)
    with pytest.raises(Refused, match="there is no such file or folder"):
        night(tmp_path, inbox=tmp_path / "nothing")
    with pytest.raises(Refused, match="--most"):
        night(tmp_path, most=-1)


def test_a_second_night_reads_only_what_is_new_and_gives_what_one_reading_gives(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", "one.jsonl", first_week())
    first = night(tmp_path, out="first", as_of="2026-01-14T00:00:00Z")
    assert [lead.norm for lead in first.night.leads] == []
    write_inbox(inbox, "two.jsonl", second_week())
    second = night(tmp_path, out="second")
    assert second.intake is not None
    assert ([one.name for one in second.intake.taken], len(second.intake.known)) == (["inbox/two.jsonl"], 2)
    whole_inbox(tmp_path / "other")
    once = night(tmp_path / "other")
    assert (second.done.folder / "night.json").read_bytes() == (once.done.folder / "night.json").read_bytes()


def test_nothing_new_changes_nothing(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    first, second = night(tmp_path, out="first"), night(tmp_path, out="second")
    assert second.done.record.data.snapshot == first.done.record.data.snapshot
    assert second.done.seal == first.done.seal


def test_the_night_of_a_store_in_another_place_is_made_without_an_inbox(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    night(tmp_path)
    shutil.rmtree(tmp_path / "inbox")
    asked = Inspection(tmp_path / "store", framework(tmp_path), tmp_path / "again")
    found = inspect(asked)
    assert found.intake is None
    assert found.done.record.as_of == "2026-01-30T11:00:00Z"
    document = json.loads((tmp_path / "again" / "night.json").read_bytes())
    assert document["cases"] == 4
    assert DRY.rpartition(".")[0] in {line["product"] for line in document["board"]["lines"]}
