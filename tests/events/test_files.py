"""Files are opened by what they are, and a damaged one is refused with a sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scherp.events.files import open_bytes
from scherp.faults import Refused

TEXT = b"".join(b"line %d, not very regular %x\n" % (n, n * 2654435761) for n in range(60_000))


def read(path: Path) -> bytes:
    with open_bytes(path, "in.json") as source:
        return source.read()


@pytest.mark.parametrize("name", ["plain.json", "plain.json.gz", "no-ending"])
def test_the_ending_of_the_name_says_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / f"a{name}").write_bytes(TEXT)
    (tmp_path / f"b{name}").write_bytes(gzip.compress(TEXT))
    assert read(tmp_path / f"a{name}") == TEXT
    assert read(tmp_path / f"b{name}") == TEXT


def test_a_gzip_of_several_parts_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"two"))
    assert read(path) == b"one two"


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.write_bytes(b"")
    assert read(path) == b""


def test_lines_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "lines.gz"
    path.write_bytes(gzip.compress(TEXT))
    with open_bytes(path, "in.json") as source:
        assert list(source) == TEXT.splitlines(keepends=True)


def test_a_gzip_that_is_cut_short_is_refused_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(TEXT)[:-500])
    with open_bytes(path, "in.json") as source:
        first = source.read(10)
        with pytest.raises(Refused, match=r"^in\.json: is a gzip file that is cut short\."):
            list(iter(lambda: source.read(1 << 16), b""))
    assert first == TEXT[:10]


def test_a_gzip_with_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "bad.gz"
    path.write_bytes(packed)
    with pytest.raises(Refused, match=r"^in\.json: is a (damaged gzip file|gzip file that is cut short)\."):
        read(path)


@given(st.integers(min_value=2, max_value=400))
def test_whatever_is_left_of_a_gzip_there_is_no_traceback(tmp_path_factory: pytest.TempPathFactory, keep: int) -> None:
    packed = gzip.compress(TEXT[:1000])
    path = tmp_path_factory.mktemp("cut") / "x"
    path.write_bytes(packed[: min(keep, len(packed) - 1)])
    with pytest.raises(Refused):
        read(path)


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["absent", "a folder"])
def test_what_cannot_be_opened_is_refused_without_its_path(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "secret-name"
    make(path)
    with pytest.raises(Refused, match=r"^in\.json: cannot be opened") as refusal:
        read(path)
    assert "secret-name" not in str(refusal.value)
