"""A run is a folder that appears whole or not at all, and holds all that is needed to retrace it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from run_samples import FRAMEWORK, asked, counts, files, made, table

from scherp.events.contract import Contract
from scherp.events.intake import take_in
from scherp.events.mapping import parse_mapping
from scherp.events.sources import find_sources
from scherp.faults import Refused
from scherp.runs.run import make_run


def into_store(folder: Path, content: str, name: str = "questions.csv") -> Path:
    """A store outside the run with one table read."""
    asked(folder)
    (folder / name).write_text(content, "utf-8")
    keys = {
        "case": "case",
        "activity": "activity",
        "time": "time",
        "recorded": "known",
        "zone": "UTC",
        "case_attributes": ["size"],
    }
    outcome = take_in(folder / "store", find_sources([folder / name]), parse_mapping(keys, "m"))
    assert outcome.faults == []
    return folder / "store"


def verdicts(run: Path, norm: str) -> list[tuple[str, str]]:
    with duckdb.connect() as database:
        found: list[tuple[str, str]] = database.execute(
            "SELECT object, verdict FROM read_parquet(?) ORDER BY ALL", [str(run / "verdicts" / f"{norm}.parquet")]
        ).fetchall()
    return found


def test_the_folder_holds_what_is_needed_to_retrace_the_run(tmp_path: Path) -> None:
    done = made(tmp_path)
    assert {path.relative_to(done.folder).parts[0] for path in files(done.folder)} == {
        "run.json", "framework.yaml", "report.html", "seal.json", "verdicts", "store",
    }  # fmt: skip
    assert sorted(path.name for path in (done.folder / "verdicts").iterdir()) == [
        "answered-in-time.parquet",
        "never-lost.parquet",
    ]
    assert (done.folder / "framework.yaml").read_text("utf-8") == FRAMEWORK
    assert not any(path.name in ("lock", "spill", "aside") for path in done.folder.rglob("*"))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_record_says_what_was_judged(tmp_path: Path) -> None:
    record = json.loads((made(tmp_path).folder / "run.json").read_bytes())
    assert record["framework"]["id"] == "test/answers"
    assert (record["data"]["events"], record["data"]["rejected"], record["data"]["snapshot"]) == (7, 1, 1)
    assert (record["data"]["late_registrations"], record["data"]["sources"][0]["name"]) == (1, "questions.csv")
    assert record["as_of"] == "2024-01-19T10:00:00Z"
    assert all(norm["sql"] for norm in record["norms"])
    assert str(tmp_path) not in json.dumps(record)


def test_counts_add_up_and_the_cases_not_met_are_kept(tmp_path: Path) -> None:
    done = made(tmp_path)
    assert counts(done) == {
        "answered-in-time": {"met": 1, "breached": 2, "pending": 1},
        "never-lost": {"met": 3, "breached": 1},
    }
    assert verdicts(done.folder, "answered-in-time") == [("B", "breached"), ("C", "breached"), ("D", "pending")]


def test_keep_met_keeps_every_case(tmp_path: Path) -> None:
    done = made(tmp_path, keep_met=True)
    assert len(verdicts(done.folder, "answered-in-time")) == 4
    assert ("A", "met") in verdicts(done.folder, "never-lost")


def test_as_of_cuts_what_happened_later(tmp_path: Path) -> None:
    done = made(tmp_path, as_of="2024-01-03")
    assert counts(done)["answered-in-time"] == {"met": 1, "pending": 2}
    assert done.record.as_of == "2024-01-03T00:00:00Z"


def test_known_at_hides_what_was_registered_later(tmp_path: Path) -> None:
    early = made(tmp_path, as_of="2024-02-01", known_at="2024-01-10")
    assert counts(early)["answered-in-time"] == {"met": 1, "breached": 2}
    late = made(tmp_path, as_of="2024-02-01", out=tmp_path / "late")
    assert counts(late)["answered-in-time"] == {"met": 1, "breached": 3}
    due = {case.object: case.lateness for case in early.record.norms[0].worst}
    assert due["B"] != {case.object: case.lateness for case in late.record.norms[0].worst}["B"]


def test_a_store_is_judged_where_it_lies_and_is_not_touched(tmp_path: Path) -> None:
    store = into_store(tmp_path, table())
    before = {path: path.read_bytes() for path in files(store)}
    done = made(tmp_path, sources=(store,))
    assert (done.record.data.store, (done.folder / "store").exists()) == ("../store", False)
    assert {path: path.read_bytes() for path in files(store)} == before


def test_bad_documents_refuse_the_run_and_leave_nothing(tmp_path: Path) -> None:
    request = asked(tmp_path)
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n")
    with pytest.raises(Refused, match=r"bad\.csv: the mapping names the column 'case'"):
        make_run(asked(tmp_path, sources=(*request.sources, tmp_path / "bad.csv")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.yaml", "bad.csv", "questions.csv"]


def test_a_folder_that_is_taken_is_refused_and_an_empty_one_is_used(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    done = made(tmp_path)
    assert done.folder == tmp_path / "run"
    before = (done.folder / "run.json").read_bytes()
    with pytest.raises(Refused, match="there is something at this place already"):
        made(tmp_path)
    assert (done.folder / "run.json").read_bytes() == before
    with pytest.raises(Refused, match="there is something at this place already"):
        made(tmp_path, out=tmp_path / "questions.csv")


def test_a_place_that_cannot_be_written_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        made(tmp_path, out=tmp_path / "questions.csv" / "run")
    with pytest.raises(Refused, match="cannot be written"):
        made(tmp_path, out=tmp_path / ("x" * 300))


@pytest.mark.parametrize("key", ["as_of", "known_at"])
@pytest.mark.parametrize("moment", ["yesterday", "", "2024-13-01", "'; DROP TABLE x", "2024-01-01\0"])
def test_a_moment_that_is_none_is_refused(tmp_path: Path, key: str, moment: str) -> None:
    with pytest.raises(Refused, match=r"--as-of|--known-at"):
        made(tmp_path, **{key: moment})


def test_a_contract_with_a_store_is_refused(tmp_path: Path) -> None:
    store = into_store(tmp_path, table())
    with pytest.raises(Refused, match="a contract applies when data enter a store"):
        made(tmp_path, sources=(store,), contract=Contract("c", {}, {}, ""))


def test_a_store_with_a_missing_part_is_refused_by_name(tmp_path: Path) -> None:
    store = into_store(tmp_path, table())
    part = next((store / "parts" / "events").iterdir())
    part.unlink()
    with pytest.raises(Refused, match=f"parts/events/{part.name}: this part of the store is missing"):
        made(tmp_path, sources=(store,))


def test_a_store_without_events_gives_a_run_with_empty_counts(tmp_path: Path) -> None:
    asked(tmp_path)
    (tmp_path / "none.csv").write_text(table([]))
    done = made(tmp_path, sources=(tmp_path / "none.csv",))
    assert counts(done) == {"answered-in-time": {}, "never-lost": {}}
    assert done.record.norms[0].share is None


def test_a_full_disk_leaves_no_half_run(tmp_path: Path) -> None:
    asked(tmp_path)
    code = (
        "import sys; from pathlib import Path; from scherp.runs.run import Asked, make_run\n"
        "f = Path(sys.argv[1]); make_run(Asked(f / 'answers.yaml', (f / 'questions.csv',), f / 'run'))"
    )

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_500, 2_500))

    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], preexec_fn=small_files, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "scherp.faults.Refused: " in ended.stderr
    assert "File too large" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.yaml", "questions.csv"]
