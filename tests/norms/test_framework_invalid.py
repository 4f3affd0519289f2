"""One minimal framework for each way to be wrong, in `invalid/`: its first comments are the exact sentences.

A line `# refused: …` is a sentence the reader gives, all of them and no other, in this order; `# schema: refuses` or
`# schema: cannot know` says what the schema for editors makes of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scherp.faults import Refused
from scherp.norms.read import LARGEST, MOST_FAULTS, parse_framework, read_framework
from scherp.norms.yaml_tree import DEEPEST, MOST_BY_ALIAS, parse_tree

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE.parents[1] / "src/scherp/norms/schema/framework-1.json").read_text(encoding="utf-8"))
INVALID = sorted((HERE / "invalid").glob("*.yaml"))
MINIMAL = (HERE / "valid" / "fines.yaml").read_text(encoding="utf-8")


def noted(path: Path, word: str) -> list[str]:
    start = f"# {word}: "
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


def sentences(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        parse_framework(text, "a.yaml")
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_it_is_refused_with_these_sentences(path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_framework(path)
    assert [str(fault) for fault in refused.value.faults] == noted(path, "refused")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_the_schema_refuses_what_is_wrong_in_form(path: Path) -> None:
    (verdict,) = noted(path, "schema")
    assert verdict in ("refuses", "cannot know")
    tree = parse_tree(path.read_text(encoding="utf-8"), path.name)
    if tree.faults:
        assert verdict == "cannot know"  # no YAML, no schema
    else:
        assert Draft202012Validator(SCHEMA).is_valid(tree.value) == (verdict == "cannot know")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^gone.yaml: there is no such file\.$"):
        read_framework(tmp_path / "gone.yaml")


def test_a_folder_is_no_framework(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_framework(tmp_path)


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"framework: a\ntitle: {nl: caf\xe9}\n")
    with pytest.raises(Refused, match=r"^a.yaml: line 2: is not UTF-8\. Save the file with the encoding UTF-8\.$"):
        read_framework(path)


def test_the_path_of_the_machine_is_in_no_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("framework: 1\n", encoding="utf-8")
    for name, shown in (("a.yaml", None), ("the first", "the first")):
        with pytest.raises(Refused) as refused:
            read_framework(path, shown)
        assert all(fault.where.startswith(f"{name}: ") for fault in refused.value.faults)
        assert str(tmp_path) not in str(refused.value)


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(Refused, match="larger than 4 MiB"):
        read_framework(path)
    assert sentences("é" * (LARGEST // 2 + 1)) == [
        "a.yaml: the file is larger than 4 MiB. Cut it into several frameworks."
    ]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "~"])
def test_nothing_is_no_framework(text: str) -> None:
    assert sentences(text) == ["a.yaml: line 1: is empty."]


def test_deep_nesting_is_a_sentence() -> None:
    assert sentences("[" * 100_000) == [
        f"a.yaml: line 1: is nested deeper than {DEEPEST} levels. Write it flatter.",
    ]


def test_an_alias_bomb_is_defused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    found = sentences(bomb)
    assert f"a.yaml: line 4: repeats more than {MOST_BY_ALIAS} values by aliases. Write them out, or fewer." in found


def test_a_fault_under_an_alias_has_the_line_of_the_alias() -> None:
    text = MINIMAL.replace("title: {nl:", "note: &n {nl: N, en: N, fr: N}\ntitle: *n\nx: {nl:")
    assert "a.yaml: $.title.fr (line 3): 'fr' is not a key of a text in two languages. Known are: nl, en." in sentences(
        text
    )


@pytest.mark.parametrize("escape", ['"\\ud800"', '"\\0"'])
def test_an_escape_that_is_no_character_is_refused(escape: str) -> None:
    found = sentences(MINIMAL.replace('"2026-01"', escape))
    assert found == ["a.yaml: line 3: has an escape for a character that is no text. Remove it."]


def test_a_character_that_yaml_forbids_is_a_sentence() -> None:
    assert sentences("a: b\nc: \x01\n") == ["a.yaml: line 2: holds a character that YAML does not allow. Remove it."]


def test_very_many_faults_are_cut_off() -> None:
    found = sentences(MINIMAL + "".join(f"key_{number}: 1\n" for number in range(MOST_FAULTS + 50)))
    assert len(found) == MOST_FAULTS + 1
    assert found[-1] == "a.yaml: 50 more faults are not listed."


def test_a_theme_is_not_misspelt_where_the_themes_cannot_be_read() -> None:
    text = MINIMAL.replace("  timeliness: {nl: Tijdigheid, en: Timeliness}\n", "").replace("themes:", "themes: 1")
    assert sentences(text) == ["a.yaml: $.themes (line 4): 'themes' is a mapping, not the number 1."]


def test_one_fault_of_a_check_gives_no_second_about_its_parameters() -> None:
    text = MINIMAL.replace("    check:", "    parameters: {limit: {default: 1}}\n    check:").replace(
        "90 days", "90 dayz"
    )
    assert [sentence.split(": ", 2)[2] for sentence in sentences(text)] == [
        "'dayz' is not a unit of time. Did you mean 'days'?"
    ]
