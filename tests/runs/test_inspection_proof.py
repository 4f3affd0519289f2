"""A night can be proved, and a night that is killed at any moment loses nothing and counts nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from night_samples import AS_OF, FRAMEWORK, first_week, framework, night, second_week, whole_inbox, write_inbox
from run_samples import differences

from scherp.evidence.seal import write_seal

SCHERP = Path(sys.executable).with_name("scherp")
# Named places in a night, each where a kill could leave something half.
MOMENTS = (
    "scherp.events.intake.commit",
    "scherp.events.intake.write_intake_record",
    "scherp.runs.run.write_verdicts",
    "scherp.runs.night_files.night_html",
    "scherp.runs.run.write_seal",
)
KILLED = """
import importlib, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from night_samples import night
module, _, name = sys.argv[3].rpartition(".")
setattr(importlib.import_module(module), name, lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL))
night(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_night_is_made_again_as_if_nothing_happened(moment: str, tmp_path: Path) -> None:
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    for folder in (killed, undisturbed):
        whole_inbox(folder)
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(killed), moment]
    assert subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == -signal.SIGKILL
    assert not (killed / "night").exists()
    again, once = night(killed), night(undisturbed)
    assert (killed / "night" / "night.json").read_bytes() == (undisturbed / "night" / "night.json").read_bytes()
    assert (killed / "night" / "cases.jsonl").read_bytes() == (undisturbed / "night" / "cases.jsonl").read_bytes()
    assert again.done.record.data.events == once.done.record.data.events == len(first_week() + second_week())
    assert not list(killed.glob(".*.aside"))


def test_a_night_is_verified_also_after_the_store_has_grown(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", "one.jsonl", first_week())
    night(tmp_path)
    write_inbox(inbox, "two.jsonl", second_week())
    night(tmp_path, out="later")
    assert differences(tmp_path / "night") == differences(tmp_path / "later") == []


def _edit(change: Any, name: str, run: Path) -> None:
    document = json.loads((run / name).read_bytes())
    change(document)
    (run / name).write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("forge", "named"),
    [
        (lambda run: _edit(lambda d: d["leads"].pop(), "night.json", run), "night.json"),
        (lambda run: _edit(lambda d: d["board"].update(share="1"), "night.json", run), "night.json"),
        (lambda run: (run / "cases.jsonl").write_text("", "utf-8"), "cases.jsonl"),
        (lambda run: (run / "cases.jsonl").unlink(), "cases.jsonl"),
        (lambda run: (run / "report.html").write_text("<p>All is well.</p>", "utf-8"), "report.html"),
        (lambda run: (run / "night.json").write_text("no night", "utf-8"), "night.json"),
        (lambda run: (run / "night.json").unlink(), "report.html"),
    ],
    ids=["a lead less", "another share", "no cases", "no file of cases", "another report", "no night", "night removed"],
)
def test_a_forged_night_is_told_even_when_it_is_sealed_again(forge: Any, named: str, tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    night(tmp_path)
    forge(tmp_path / "night")
    write_seal(tmp_path / "night")
    assert named in {fault.where for fault in differences(tmp_path / "night")}


def test_a_plain_run_has_no_night(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    night(tmp_path)
    plain = [SCHERP, "judge", framework(tmp_path), tmp_path / "store", "--as-of", AS_OF, "--out", tmp_path / "plain"]
    subprocess.run(plain, check=True, capture_output=True, timeout=60)
    (tmp_path / "plain" / "night.json").write_bytes((tmp_path / "night" / "night.json").read_bytes())
    write_seal(tmp_path / "plain")
    assert "report.html" in {fault.where for fault in differences(tmp_path / "plain")}


def _inspect(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(SCHERP), "chain", "inspect", "store", "--framework", "night.yaml", *options]
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_prints_one_document_with_norms_and_cases(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    (tmp_path / "night.yaml").write_text(FRAMEWORK, "utf-8")
    done = _inspect(tmp_path, "--inbox", "inbox", "--as-of", AS_OF, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert {norm["norm"]: norm["breached"] for norm in document["norms"]}["sold-once"] == 1
    assert len(document["cases"]) == 4
    keys = {"norm", "object", "events", "moment", "amount", "party", "reason"}
    assert all(keys <= set(case) for case in document["cases"])
    assert document["run"] == "runs/night-1"
    told = _inspect(tmp_path, "--as-of", AS_OF)
    assert told.returncode == 0
    assert "runs/night-2" in told.stdout
    assert "Deviations: 3 on the list, 0 beyond it." in told.stdout


def test_the_command_ends_with_1_where_a_document_was_refused_and_has_made_the_night(tmp_path: Path) -> None:
    inbox = whole_inbox(tmp_path)
    (inbox / "bad.jsonl").write_text('{"type": "ObjectEvent", "eventTime": "yesterday"}\n', "utf-8")
    (tmp_path / "night.yaml").write_text(FRAMEWORK, "utf-8")
    done = _inspect(tmp_path, "--inbox", "inbox")
    assert done.returncode == 1
    assert "inbox/bad.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "runs" / "night-1" / "seal.json").is_file()


def test_the_command_refuses_what_is_no_store_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "night.yaml").write_text(FRAMEWORK, "utf-8")
    done = _inspect(tmp_path)
    assert done.returncode == 1
    assert "this is no store" in done.stderr
    assert not (tmp_path / "runs").exists()
