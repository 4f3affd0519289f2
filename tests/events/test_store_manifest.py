"""A store is what its manifest says; what is newer, damaged or forged is refused with its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from table_samples import PLAIN, take, write

from scherp.events.manifest import is_store, part_faults, read_manifest
from scherp.faults import Refused


@pytest.fixture
def store(tmp_path: Path) -> Path:
    take(tmp_path / "s", write(tmp_path, PLAIN + ",x,2024-01-01\n"))
    return tmp_path / "s"


def rewrite(store: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = store / "manifest-000001.json"
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document))


def said(store: Path) -> str:
    with pytest.raises(Refused) as refused:
        read_manifest(store)
    return str(refused.value)


def test_a_newer_format_is_refused(store: Path) -> None:
    rewrite(store, lambda document: document.update(format=2, something_new={"x": 1}))
    assert said(store) == "s: the store has format 2; this version of Scherp reads up to 1. Use a newer Scherp."


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"format": "x"}', b"\xff\xfe", b'{"parts": 3}'])
def test_a_damaged_manifest_is_named(store: Path, content: bytes) -> None:
    (store / "manifest-000001.json").write_bytes(content)
    assert "manifest-000001.json is damaged" in said(store)


@pytest.mark.parametrize("content", [b"", b"x", b"7", b"-1", b"1 2", b"\xff"])
def test_a_damaged_pointer_is_no_store(store: Path, content: bytes) -> None:
    (store / "current").write_bytes(content)
    assert "its current manifest cannot be read" in said(store)


def _first_part(key: str, word: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["parts"][0].update({key: word})


FORGERIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "a part outside": _first_part("path", "../../etc/passwd"),
    "an absolute part": _first_part("path", "/etc/passwd"),
    "a part that climbs": _first_part("path", "parts/events/../../../x/000001-0000.parquet"),
    "SQL as a column's type": _first_part("columns", [["event_id", "VARCHAR) FROM read_text('/etc/passwd') --"]]),
    "SQL as an attribute's type": lambda d: d.update(
        event_attributes=[{"name": "x", "column": "x", "type": "INT); DROP"}]
    ),
    "SQL as an object attribute's type": lambda d: d["object_types"][0].update(
        attributes=[{"name": "x", "column": "x", "type": "1"}]
    ),
    "rejects outside": lambda d: d["intake"][0].update(rejects="../secret"),
    "another snapshot's number": lambda d: d.update(number=9),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_manifest_that_no_intake_writes_is_refused(store: Path, forgery: Callable[[dict[str, Any]], None]) -> None:
    rewrite(store, forgery)
    assert "is damaged" in said(store)


def test_every_part_that_is_missing_or_altered_is_named(store: Path) -> None:
    manifest, _ = read_manifest(store)
    assert part_faults(store, manifest, thorough=True) == []
    for part in manifest.parts:
        path = store / part.path
        whole = path.read_bytes()
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        assert [(f.where, f.what) for f in part_faults(store, manifest, thorough=True)] == [
            (part.path, "this part of the store was altered")
        ]
        path.write_bytes(whole[:-1])
        assert [fault.where for fault in part_faults(store, manifest, thorough=False)] == [part.path]
        path.unlink()
        assert [fault.what for fault in part_faults(store, manifest, thorough=False)] == [
            "this part of the store is missing"
        ]
        path.write_bytes(whole)


def test_altered_rejects_are_named(store: Path) -> None:
    manifest, _ = read_manifest(store)
    (path,) = (store / "rejects").iterdir()
    path.write_bytes(b"{}\n")
    assert [fault.where for fault in part_faults(store, manifest, thorough=True)] == [f"rejects/{path.name}"]


def test_a_link_in_place_of_a_part_is_an_altered_part(store: Path) -> None:
    manifest, _ = read_manifest(store)
    path = store / manifest.parts[0].path
    path.rename(store / "elsewhere")
    path.symlink_to(store / "elsewhere")
    assert [fault.where for fault in part_faults(store, manifest, thorough=False)] == [manifest.parts[0].path]


def test_what_is_no_store_is_none(tmp_path: Path) -> None:
    assert not any(map(is_store, [tmp_path, tmp_path / "none", Path("x" * 5000), Path("/dev/null"), Path("a\0b")]))
