"""Which files are read, and that nothing outside a delivery is: formats by content, links and devices refused."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_samples import PLAIN, take, write

from scherp.events.sources import find_sources
from scherp.faults import Refused


def formats(*asked: Path) -> dict[str, str]:
    return {source.shown: source.format for source in find_sources(list(asked))}


def said(*asked: Path) -> str:
    with pytest.raises(Refused) as refused:
        find_sources(list(asked))
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("a.csv", PLAIN, "table"),
        ("a.tsv", "a\tb\n", "table"),
        ("a.parquet", "PAR1....", "table"),
        ("noending", "PAR1....", "table"),
        ("a.sqlite", "SQLite format 3\0", "ocel-sqlite"),
        ("a.json", '{"eventTypes": []}', "ocel-json"),
        ("a.json", '\ufeff {"@context": [], "type": "EPCISDocument"}', "epcis-json"),
        ("a.jsonocel", "{}", "ocel-json"),
        ("a.xml", '<?xml version="1.0"?><epcis:EPCISDocument/>', "epcis-xml"),
        ("a.xml", "<log><event-types/></log>", "ocel-xml"),
        ("a.xes", '<!-- x --><log xes.version="1.0"></log>', "xes"),
        ("a.xes", "", "xes"),
    ],
)
def test_the_format_is_told_by_content_packed_or_not(tmp_path: Path, name: str, content: str, format_: str) -> None:
    plain, packed = write(tmp_path, content, name), write(tmp_path, gzip.compress(content.encode()), f"{name}.gz")
    assert formats(plain, packed) == {name: format_, f"{name}.gz": format_}


def test_a_folder_is_read_in_the_order_of_names_without_notes_and_hidden_files(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    for path in ("b.csv", "a/z.csv", ".hidden.csv", ".git/x.csv", "README.md", "mapping.yaml", "notes.txt"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write(folder, PLAIN, path)
    assert list(formats(folder)) == ["d/a/z.csv", "d/b.csv"]


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside.csv", "/dev/zero", "nowhere"])
def test_a_link_in_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    write(tmp_path, PLAIN, "outside.csv")
    (folder / "link.csv").symlink_to(target)
    assert said(folder) == "d/link.csv: this is a symbolic link. Put the file itself in its place."


def test_a_linked_folder_inside_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "sub").symlink_to("/etc")
    assert "d/sub: this is a symbolic link" in said(folder)


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        refused = said(folder)
    assert [line.partition(":")[0] for line in refused.splitlines()] == ["d/pipe", "d/socket"]
    assert "this is no regular file" in refused
    assert "this is no file and no folder" in said(Path("/dev/null"))


def test_every_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bad = write(tmp_path, b"\x00\x01\x02", "bad.bin")
    cut = write(tmp_path, gzip.compress(PLAIN.encode())[:-9], "cut.csv.gz")
    garbled = write(tmp_path, b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\xff" * 30, "garbled.csv.gz")
    said_of = said(bad, tmp_path / "none.csv", cut, garbled, Path("x" * 5000), Path("a\0b"))
    for words in (
        "bad.bin: this is no format",
        "none.csv: there is no such file",
        "cut.csv.gz:",
        "garbled.csv.gz:",
        "xxx",
    ):
        assert words in said_of
    assert len(said_of) < 3000


def test_a_store_is_no_source(tmp_path: Path) -> None:
    take(tmp_path / "s", write(tmp_path, PLAIN))
    assert "this is a store, not a source" in said(tmp_path / "s", tmp_path / "table.csv")


def test_an_unknown_format_says_what_is_known_and_quotes_nothing(tmp_path: Path) -> None:
    refused = said(write(tmp_path, "secret words", "x.doc"))
    assert refused.startswith("x.doc: this is no format that Scherp reads. It reads EPCIS 2.0")
    assert "secret" not in refused


@settings(max_examples=40, deadline=None)
@given(
    content=st.binary(max_size=200),
    ending=st.sampled_from(["csv", "json", "xml", "xes", "sqlite", "csv.gz", "parquet", "bin"]),
)
def test_any_bytes_are_read_or_refused_with_sentences(
    content: bytes, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    source = write(folder, content, f"any.{ending}")
    try:
        outcome = take(folder / "s", source)
        sentences = [str(fault) for fault in outcome.faults]
        assert bool(outcome.taken) != bool(sentences)
    except Refused as refused:
        sentences = [str(fault) for fault in refused.faults]
    assert all(sentence.startswith("any.") for sentence in sentences)
