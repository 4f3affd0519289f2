"""What a simulation writes: the same for a seed, readable by intake, and refused where the request makes no sense."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from simulated_chain import SMALL, Chain, is_closed, read_chain
from typer.testing import CliRunner

from scherp.cli.simulate import app
from scherp.events.intake import take_in
from scherp.events.mapping import read_mapping
from scherp.events.sources import find_sources
from scherp.faults import Refused
from scherp.simulation.chain import Simulated, simulate_chain
from scherp.simulation.parties import make_cast


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("packed", [False, True])
def test_a_seed_gives_the_same_bytes(packed: bool, tmp_path: Path) -> None:
    for name in ("a", "b"):
        simulate_chain(tmp_path / name, 42, weeks=2, scale=0.1, volume=20, violations=["all"], packed=packed)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_another_seed_gives_another_chain(tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate_chain(tmp_path / str(seed), seed, weeks=1, scale=0.1, volume=20)
    assert files(tmp_path / "1") != files(tmp_path / "2")


def test_packed_documents_hold_the_same_events(tmp_path: Path) -> None:
    for packed in (False, True):
        simulate_chain(tmp_path / str(packed), 1, weeks=1, scale=0.1, volume=20, packed=packed)
    assert read_chain(tmp_path / "True").lines == read_chain(tmp_path / "False").lines


def test_intake_reads_everything_without_a_fault(planted_out: tuple[Path, Simulated], tmp_path: Path) -> None:
    out, done = planted_out
    sources = find_sources([out / "chain"])
    outcome = take_in(tmp_path / "store", sources, read_mapping(out / "mapping.yaml"))
    assert outcome.faults == []
    assert {taken.format for taken in outcome.taken} == {"epcis-json", "register"}
    documents = [taken for taken in outcome.taken if taken.format == "epcis-json"]
    # A declaration repeats the id of the event that it takes back, and stays no event of its own.
    chain = read_chain(out)
    assert sum(taken.read for taken in documents) == len(chain.lines) == done.events + done.duplicates
    assert sum(taken.kept for taken in documents) == len(chain.events) + len(chain.wrong)
    assert sum(taken.corrections for taken in documents) >= len(chain.wrong) > 0
    assert all(taken.synthetic for taken in outcome.taken)


def test_everything_says_that_it_is_invented(planted_out: tuple[Path, Simulated]) -> None:
    out, _ = planted_out
    for name in ("truth.json", "simulation.json"):
        assert json.loads((out / name).read_text())["fictief"] is True
    assert all(row["name"].startswith("Fictieve ") for row in read_chain(out).rows)


def test_the_truth_stays_outside_the_folder_that_is_judged(planted_out: tuple[Path, Simulated]) -> None:
    out, done = planted_out
    truth = json.loads((out / "truth.json").read_text())["planted"]
    assert [record["check"] for record in truth] == [record.check for record in done.planted]
    assert not any(path.suffix == ".json" for path in (out / "chain").rglob("*"))


def test_full_scale_is_ten_growers_and_79_shops_in_ten_municipalities() -> None:
    cast = make_cast(1.0, 60, None)
    places = Counter(shop.municipality for shop in cast.shops)
    assert (len(cast.growers), len(cast.shops), len(places)) == (10, 79, 10)
    assert (places["Tilburg"], places["Breda"], places["Voorne aan Zee"]) == (11, 8, 1)
    assert {grower.municipality for grower in cast.growers} == {""}


def test_the_whole_country_has_565_shops_with_their_own_identifiers() -> None:
    cast = make_cast(565 / 79, 8000, (1, 2))
    assert len(cast.shops) == 565
    assert len({party.party for party in cast.everyone}) == len({party.folder for party in cast.everyone})
    assert len({party.party for party in cast.everyone}) == len(cast.everyone)


def test_a_closure_is_a_further_row_in_the_register(planted_out: tuple[Path, Simulated]) -> None:
    chain = read_chain(planted_out[0])
    ((party, count),) = Counter(row["party"] for row in chain.rows).most_common(1)
    assert count == 2
    assert [is_closed(chain, party, f"2025-{day}T12:00:00+02:00") for day in ("04-29", "04-30", "05-09", "05-10")] == [
        False, True, True, False,
    ]  # fmt: skip


def test_some_shops_close_past_midnight(honest: Chain) -> None:
    wide = [row for row in honest.rows if row["closes"] and row["closes"] < row["opens"]]
    assert wide


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"seed": -1}, "seed: -1 is below zero. Give a whole number from 0."),
        ({"weeks": 0}, "weeks: 0 is not between 1 and 520."),
        ({"scale": 0.0}, "scale: 0.0 is not above 0 and at most 11."),
        ({"scale": float("nan")}, "scale: nan is not above 0 and at most 11."),
        ({"volume": 19}, "volume: 19 packages a week are fewer than 20."),
        ({"start": date(1980, 1, 1)}, "start: 1980-01-01 is not between 1990 and 2100."),
        (
            {"violations": ["sold_twise"]},
            "violations: 'sold_twise' is no violation that can be planted. Did you mean sold_twice?",
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(wrong: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        simulate_chain(tmp_path / "out", **({"seed": 1} | wrong))
    assert [str(fault) for fault in refused.value.faults] == [sentence]
    assert not (tmp_path / "out").exists()


def test_all_that_is_wrong_with_a_request_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        simulate_chain(tmp_path / "out", -1, weeks=0, violations=["x", "y"])
    assert len(refused.value.faults) == 4


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(Refused, match="holds other things than a simulation"):
        simulate_chain(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_simulation_is_replaced(tmp_path: Path) -> None:
    simulate_chain(tmp_path / "out", 1, weeks=2, scale=0.1, volume=20)
    simulate_chain(tmp_path / "out", 1, weeks=1, scale=0.1, volume=20)
    simulate_chain(tmp_path / "new", 1, weeks=1, scale=0.1, volume=20)
    assert files(tmp_path / "out") == files(tmp_path / "new")


def test_the_command_writes_a_chain_and_prints_what_it_holds(tmp_path: Path) -> None:
    asked = ["chain", "--out", str(tmp_path / "out"), "--seed", "1", "--scale", "0.1", "--weeks", "1", "--volume", "20"]
    done = CliRunner().invoke(app, [*asked, "--violations", "sold_twice, basket_over_5g"])
    assert done.exit_code == 0
    assert "simulated (fictief)" in done.stdout
    truth = json.loads((tmp_path / "out/truth.json").read_text())["planted"]
    assert [record["check"] for record in truth] == ["sold_twice", "basket_over_5g"]


def test_one_week_is_enough_for_every_violation(tmp_path: Path) -> None:
    done = simulate_chain(tmp_path / "out", 6, violations="all", **(SMALL | {"weeks": 1}))
    assert all(record.events for record in done.planted)
