"""A framework is found by its id in the library or by its path; an id never leads out of the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from scherp.faults import Refused
from scherp.norms import library
from scherp.norms.library import find_framework, framework_id, list_frameworks
from scherp.norms.read import read_framework


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with two frameworks and a file that is none."""
    folder = tmp_path / "shelf"
    (folder / "nl").mkdir(parents=True)
    (folder / "nl" / "road-fines.yaml").write_text("# a comment\nframework: nl/road-fines\n", encoding="utf-8")
    (folder / "nl" / "letters.yaml").write_text("framework: nl/letters\n", encoding="utf-8")
    (folder / "calendars.yaml").write_text("days: []\n", encoding="utf-8")
    (tmp_path / "secret.yaml").write_text("framework: secret\n", encoding="utf-8")
    monkeypatch.setattr(library, "_folder", lambda: folder)
    return folder


def test_an_id_is_a_file_of_the_library(shelf: Path) -> None:
    assert find_framework("nl/road-fines") == shelf / "nl" / "road-fines.yaml"


def test_only_frameworks_are_listed_in_order_of_their_ids(shelf: Path) -> None:
    assert [framework_id(path) for path in list_frameworks()] == ["nl/letters", "nl/road-fines"]


def test_a_path_is_itself(shelf: Path, tmp_path: Path) -> None:
    assert find_framework(str(tmp_path / "secret.yaml")) == tmp_path / "secret.yaml"
    plain = tmp_path / "framework"
    plain.write_text("framework: a\n", encoding="utf-8")
    assert find_framework(str(plain)) == plain


def test_an_unknown_id_names_the_one_that_was_meant(shelf: Path) -> None:
    with pytest.raises(Refused) as refused:
        find_framework("nl/road-fine")
    assert str(refused.value) == (
        "'nl/road-fine': is neither the id of a framework nor a file. Did you mean 'nl/road-fines'?"
    )


def test_a_path_that_is_not_there_is_a_sentence(shelf: Path) -> None:
    with pytest.raises(Refused) as refused:
        find_framework("gone.yaml")
    assert str(refused.value) == "'gone.yaml': there is no such file."


@pytest.mark.parametrize("text", ["../secret", "nl/../../secret", "", ".", "nl", "\x00", "a" * 5000, "calendars"])
def test_nothing_else_is_an_id(shelf: Path, text: str) -> None:
    with pytest.raises(Refused, match="is neither the id of a framework nor a file"):
        find_framework(text)


def test_every_framework_that_is_shipped_is_right_and_bears_its_own_id() -> None:
    for path in list_frameworks():
        assert read_framework(path).framework == framework_id(path)


def test_the_library_s_other_files_are_no_frameworks() -> None:
    assert all("calendars" not in path.parts for path in list_frameworks())
