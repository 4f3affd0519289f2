"""The commands, their exit codes and what they print: results to standard output, sentences to standard error."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import MAPPING, TABLE, files, process, sample, scherp


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return sample(tmp_path)


def test_judge_prints_the_result_and_makes_the_run(here: Path) -> None:
    said = scherp(here, "judge", "answers.yaml", "questions.csv", "--out", "run")
    assert (said.code, said.err) == (0, "")
    assert "answered-in-time           3    1         1        1" in said.out
    seal = said.out.split("Seal:")[1].strip()
    assert len(seal) == 64
    assert "Report: run/report.html" in said.out
    checked = scherp(here, "verify", "run", "--expect", seal)
    assert (checked.code, checked.err) == (0, "")
    assert "The run is what it was" in checked.out


def test_judge_json_is_one_document_of_the_agreed_form(here: Path) -> None:
    said = scherp(here, "judge", "answers.yaml", "questions.csv", "--as-of", "2024-02-02", "--json")
    assert (said.code, said.err) == (0, "")
    document = json.loads(said.out)
    assert list(document) == ["framework", "version", "as_of", "data", "norms"]
    assert (document["framework"], document["version"], document["as_of"]) == (
        "test/answers",
        "1",
        "2024-02-02T00:00:00Z",
    )
    (norm,) = document["norms"]
    assert list(norm)[:8] == [
        "norm", "class", "population", "met", "breached", "pending", "unknown", "not_applicable",
    ]  # fmt: skip
    assert norm["population"] == 3 == sum(norm[verdict] for verdict in list(norm)[3:8])
    assert document["data"]["events"] == 4
    assert (here / "runs").is_dir()


def test_runs_get_the_next_free_folder(here: Path) -> None:
    for _ in range(2):
        assert scherp(here, "judge", "answers.yaml", "questions.csv").code == 0
    assert sorted(path.name for path in (here / "runs").iterdir()) == ["answers-1", "answers-2"]


def test_events_read_and_show(here: Path) -> None:
    (here / "questions.csv").write_text(TABLE + "D,ask,\nE,,2024-01-01\n", "utf-8")
    said = scherp(here, "events", "read", "questions.csv", "--into", "store", "--mapping", "mapping.yaml")
    assert (said.code, said.err) == (0, "")
    assert "questions.csv  table      6     5      0        1" in said.out
    again = scherp(here, "events", "read", "questions.csv", "--into", "store", "--mapping", "mapping.yaml", "--json")
    assert json.loads(again.out) == {
        "store": "store", "snapshot": 1, "taken": [], "known": ["questions.csv"], "refused": [],
    }  # fmt: skip
    shown = scherp(here, "events", "show", "store")
    assert "store, snapshot 1: 5 events from 2024-01-01T00:00:00Z to 2024-02-01T00:00:00Z" in shown.out
    for words in ("ask", "answer", "case", "without a time", "registered more than a day late", "rows refused"):
        assert words in shown.out
    document = json.loads(scherp(here, "events", "show", "store", "--json").out)
    assert document["types"] == [{"type": "ask", "events": 4}, {"type": "answer", "events": 1}]
    assert (document["unknown_time"], document["rejected"], document["objects"]) == (1, 1, {"case": 4})
    assert document["sources"][0]["read"] == 6


def test_late_registrations_are_counted(here: Path) -> None:
    (here / "late.csv").write_text(
        "case,activity,time,known\nA,a,2024-01-01T00:00Z,2024-01-02T00:00:01Z\nA,b,2024-01-01T00:00Z,2024-01-02T00:00Z\n"
        "A,c,2024-01-01T00:00Z,2023-12-31T00:00Z\nA,d,2024-01-01T00:00Z,\nA,e,2999-01-01T00:00Z,\n"
    )
    (here / "late.yaml").write_text(MAPPING + "recorded: known\n")
    assert scherp(here, "events", "read", "late.csv", "--into", "s", "--mapping", "late.yaml").code == 0
    document = json.loads(scherp(here, "events", "show", "s", "--json").out)
    assert [
        document[key] for key in ("late_registrations", "registered_before", "without_recorded", "after_clock")
    ] == [1, 1, 2, 1]


def test_refused_input_is_code_1_with_a_sentence_for_each_fault_and_the_good_kept(here: Path) -> None:
    (here / "bad.csv").write_text("x,y\n1,2\n")
    words = ("events", "read", "questions.csv", "bad.csv", "--into", "store", "--mapping", "mapping.yaml")
    said = scherp(here, *words)
    assert said.code == 1
    assert len(said.err.splitlines()) == 3
    assert all(line.startswith("bad.csv: the mapping names the column") for line in said.err.splitlines())
    assert "questions.csv" in said.out
    assert json.loads(scherp(here, "events", "show", "store", "--json").out)["events"] == 4
    as_json = scherp(here, *words[:-4], "--into", "other", "--mapping", "mapping.yaml", "--json")
    assert as_json.code == 1
    assert len(json.loads(as_json.out)["refused"]) == 3
    judged = scherp(here, "judge", "answers.yaml", "questions.csv", "bad.csv", "--out", "run")
    assert (judged.code, judged.out) == (1, "")
    assert "bad.csv: the mapping names the column 'case'" in judged.err
    assert not (here / "run").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["judge"],
        ["judge", "answers.yaml"],
        ["judge", "answers.yaml", "questions.csv", "--nonsense"],
        ["judge", "answers.yaml", "questions.csv", "--fail-on", "late"],
        ["events", "read", "questions.csv"],
        ["nonsense"],
        ["events", "nonsense"],
        ["verify"],
    ],
)
def test_wrong_usage_is_code_2(here: Path, words: list[str]) -> None:
    said = scherp(here, *words)
    assert said.code == 2
    assert said.err


@pytest.mark.parametrize(
    ("verdict", "code"), [("breached", 3), ("pending", 3), ("met", 3), ("unknown", 0), ("not_applicable", 0)]
)
def test_fail_on_is_code_3_where_that_verdict_occurs(here: Path, verdict: str, code: int) -> None:
    said = scherp(here, "judge", "answers.yaml", "questions.csv", "--fail-on", verdict)
    assert said.code == code
    assert (here / "runs" / "answers-1" / "seal.json").exists()


def test_verify_is_code_4_with_a_sentence_for_each_difference(here: Path) -> None:
    scherp(here, "judge", "answers.yaml", "questions.csv", "--out", "run")
    (here / "run" / "report.html").write_text("all is well")
    said = scherp(here, "verify", "run")
    assert said.code == 4
    assert "report.html: was changed" in said.err
    assert "2 differences." in said.err
    (here / "run" / "run.json").write_text("{")
    assert scherp(here, "verify", "run").code == 4
    assert scherp(here, "verify", "run", "--expect", "no hash").code == 4
    assert scherp(here, "verify", "nowhere").code == 1


def test_signed_runs_are_verified_with_the_key(here: Path) -> None:
    made = scherp(here, "keys", "new", "keys", SCHERP_KEY_PASSPHRASE="a long passphrase")
    assert made.code == 0
    words = ("judge", "answers.yaml", "questions.csv", "--out", "run", "--sign", "keys/scherp.key")
    assert scherp(here, *words).code == 1  # the passphrase is missing
    assert not (here / "run").exists()
    assert scherp(here, *words, SCHERP_KEY_PASSPHRASE="a long passphrase").code == 0
    assert scherp(here, "verify", "run", "--key", "keys/scherp.pub").code == 0
    scherp(here, "keys", "new", "others")
    assert scherp(here, "verify", "run", "--key", "others/scherp.pub").code == 4


def test_the_sql_that_ran_is_printed(here: Path) -> None:
    said = scherp(here, "judge", "answers.yaml", "questions.csv", "--sql")
    assert "SELECT" in said.out
    assert str(here) not in said.out.split("Run:")[0]


def test_norms_are_listed_shown_and_checked(here: Path) -> None:
    listed = json.loads(scherp(here, "norms", "list", "--json").out)
    assert {"framework", "version", "title", "norms"} == set(listed[0])
    shown = json.loads(scherp(here, "norms", "show", "answers.yaml", "--json").out)
    assert [norm["norm"] for norm in shown["norms"]] == ["answered-in-time"]
    assert scherp(here, "norms", "check", "answers.yaml").code == 0
    wrong = (here / "answers.yaml").read_text("utf-8").replace("gives: {met: 1}", "gives: {breached: 1}")
    (here / "wrong.yaml").write_text(wrong, "utf-8")
    assert scherp(here, "norms", "check", "wrong.yaml").code == 1


def test_version_and_help_answer_without_the_heavy_parts(here: Path) -> None:
    code = (
        "import sys\nsys.argv = ['scherp', '--help']\nimport scherp.cli\n"
        "try:\n    scherp.cli.main()\nexcept SystemExit as end:\n    print('code', end.code)\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'duckdb', 'sqlglot', 'numpy', 'scipy', 'lxml', 'ruamel', 'msgspec'}))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.rstrip().endswith("code 0\n[]")
    assert scherp(here, "--version").out.startswith("scherp ")


def test_silent_in_a_pipe_and_speaking_on_a_terminal(here: Path) -> None:
    piped = process(here, "judge", "answers.yaml", "questions.csv")
    assert piped.communicate()[1] == ""
    ours, theirs = pty.openpty()
    on_terminal = process(here, "judge", "answers.yaml", "questions.csv", stderr=theirs, stdout=subprocess.DEVNULL)
    assert (on_terminal.wait(), piped.returncode) == (0, 0)
    os.close(theirs)
    spoken = os.read(ours, 10_000)
    os.close(ours)
    assert b"judging: " in spoken


def test_a_reader_that_closes_the_pipe_is_no_traceback(here: Path) -> None:
    running = process(here, "judge", "answers.yaml", "questions.csv", "--json")
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert "Traceback" not in running.stderr.read()
    running.stderr.close()
    assert running.wait() == 1


@pytest.mark.parametrize("waiting", [0.4, 0.8])
def test_ctrl_c_ends_with_130_and_leaves_nothing_half(here: Path, waiting: float) -> None:
    rows = "".join(f"C{number},ask,2024-03-01T00:00:00\n" for number in range(400_000))
    (here / "big.csv").write_text("case,activity,time\n" + rows)
    assert scherp(here, "events", "read", "questions.csv", "--into", "store", "--mapping", "mapping.yaml").code == 0
    before = files(here / "store")
    running = process(here, "events", "read", "big.csv", "--into", "store", "--mapping", "mapping.yaml")
    time.sleep(waiting)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    if running.returncode == 130:
        assert err == "Stopped; nothing half was kept.\n"
        assert files(here / "store") == before
    else:
        # it had ended already, or Python itself had not yet begun
        assert running.returncode in (0, 1, -signal.SIGINT)
    assert scherp(here, "events", "show", "store").code == 0
