"""Whatever is handed to the commands: sentences and an exit code, no traceback, nothing of other files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from command_line import MAPPING, sample, scherp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECRET = "root:x:0:0"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    sample(tmp_path)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "folder").mkdir()
    (tmp_path / "secret.txt").write_text(f"{SECRET}\n: [unclosed {{ {SECRET}\n")
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    (tmp_path / "lone.yaml").write_text("- 1\n- 2\n")
    return tmp_path


ODD = [
    "empty",
    "binary",
    "folder",
    "secret.txt",
    "deep.yaml",
    "lone.yaml",
    "nowhere",
    "/dev/null",
    "/etc/passwd",
    "x" * 5000,
    "",
]
PLACES = {
    "framework": ["judge", "{}", "questions.csv"],
    "source": ["judge", "answers.yaml", "{}"],
    "mapping": ["judge", "answers.yaml", "questions.csv", "--mapping", "{}"],
    "contract": ["judge", "answers.yaml", "questions.csv", "--contract", "{}"],
    "sign": ["judge", "answers.yaml", "questions.csv", "--sign", "{}"],
    "read": ["events", "read", "{}", "--into", "store"],
    "into": ["events", "read", "questions.csv", "--mapping", "mapping.yaml", "--into", "{}"],
    "store": ["events", "show", "{}"],
    "run": ["verify", "{}"],
    "check": ["norms", "check", "{}"],
    "show": ["norms", "show", "{}"],
}


@pytest.mark.parametrize("place", PLACES)
def test_odd_files_end_in_sentences_that_quote_nothing(here: Path, place: str) -> None:
    for odd in ODD:
        if place in ("source", "read") and odd == "folder":
            continue  # an empty folder is a source without documents
        if place == "into" and odd in ("nowhere", "folder"):
            continue  # a new or an empty folder is what it asks for
        said = scherp(here, *(word.format(odd) for word in PLACES[place]))
        assert said.code in (1, 2), (odd, said)
        assert said.err, odd
        if place not in ("framework", "check", "show"):  # a framework's reader quotes the framework that it reads
            assert SECRET not in said.err + said.out, odd


def test_a_socket_and_a_pipe_are_refused_and_not_waited_for(here: Path) -> None:
    os.mkfifo(here / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(here / "socket"))
        for odd in ("pipe", "socket"):
            for place in ("source", "read", "store", "run"):
                assert scherp(here, *(word.format(odd) for word in PLACES[place])).code == 1, (odd, place)


def test_an_empty_folder_is_a_source_without_documents(here: Path) -> None:
    assert scherp(here, "events", "read", "folder", "--into", "store").code == 0
    assert scherp(here, "events", "show", "store").code == 0


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(PLACES)), st.one_of(WORDS, st.builds("../{}".format, WORDS)))
def test_any_word_ends_in_sentences(here: Path, place: str, word: str) -> None:
    if place == "into":
        word = f"questions.csv/{word}"
    assert scherp(here, *(part.replace("{}", word) for part in PLACES[place])).code in (0, 1, 2)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["case", "activity", "time", "resource", "recorded", "place", "event_id", "zone", "file", "encoding",
                     "delimiter", "time_format", "case_attributes", "objects", "tables", "synthetic", "extra"]),
    st.sampled_from(["''", "1", "[]", "{}", "[1]", "null", "'case'", "'; DROP TABLE x --'", '"\\0"', "[case, case]", "'%Q'",
                     "[{column: case, type: x, quantity: activity}]", "[{column: case, type: \"it's\"}]", "Mars/Olympus", "'::'"]),
)  # fmt: skip
def test_any_mapping_ends_in_sentences(here: Path, key: str, entry: str) -> None:
    lines = [line for line in MAPPING.splitlines() if not line.startswith(f"{key}:")]
    (here / "odd.yaml").write_text("\n".join([*lines, f"{key}: {entry}"]))
    said = scherp(here, "events", "read", "questions.csv", "--mapping", "odd.yaml", "--into", "store-of-odd")
    assert said.code in (0, 1)
    assert (said.code == 0) == (said.err == "")


@pytest.mark.parametrize("threads", ["many", "-1", "1.5"])
def test_a_setting_that_is_none_ends_in_a_sentence(here: Path, threads: str) -> None:
    said = scherp(here, "judge", "answers.yaml", "questions.csv", SCHERP_THREADS=threads)
    assert (said.code, "is no number of threads" in said.err) == (1, True)
    assert scherp(here, "judge", "answers.yaml", "questions.csv", SCHERP_MEMORY="lots").code == 1


@pytest.mark.parametrize("norm", ["../../escape", "a/b", "..", "", "a\\0b", "x'y"])
def test_a_norm_id_never_leads_out_of_the_run(here: Path, norm: str) -> None:
    framework = (here / "answers.yaml").read_text("utf-8").replace("norm: answered-in-time", f'norm: "{norm}"')
    (here / "odd.yaml").write_text(framework, "utf-8")
    said = scherp(here, "judge", "odd.yaml", "questions.csv", "--out", "deep/er/run")
    assert (said.code, (here / "deep").exists()) == (1, False)


def test_sql_in_data_stays_data(here: Path) -> None:
    odd = "x'); COPY (SELECT 1) TO 'stolen.csv'; --"
    (here / "odd.csv").write_text(
        f'case,activity,time,"{odd}"\n"{odd}",ask,2024-01-01,"{odd}"\n"{odd}","{odd}",2024-01-02,1\n'
    )
    said = scherp(here, "judge", "answers.yaml", "odd.csv", "--out", "run")
    assert said.code == 0
    assert not (here / "stolen.csv").exists()
    assert scherp(here, "verify", "run").code == 0


def test_judging_reads_nothing_outside_the_store(here: Path) -> None:
    condition = "check: {condition: {each: case, event: ask, holds: \"read_text('/etc/passwd') is not null\"}}"
    text = (here / "answers.yaml").read_text("utf-8")
    line = next(line for line in text.splitlines() if "check:" in line)
    (here / "odd.yaml").write_text(text.replace(line.strip(), condition), "utf-8")
    said = scherp(here, "judge", "odd.yaml", "questions.csv", "--out", "run")
    assert (said.code, "root" in said.err + said.out) == (1, False)
