"""The URN and the Digital Link form of an identifier are one object, whichever comes first."""

import itertools
import json
from pathlib import Path

import pytest

from scherp.events.database import connect, rows
from scherp.events.intake import take_in
from scherp.events.manifest import read_manifest
from scherp.events.parts import TAKES_PART_COLUMNS, stored
from scherp.events.sources import find_sources

URN = "urn:epc:id:sgtin:0614141.107346.2017"
LINK = "https://id.gs1.org/01/10614141073464/21/2017"
SHOP_LINK = "https://example.com/01/10614141073464/21/2017"
OTHER = "urn:epc:id:sgtin:0614141.107346.2018"


def _event(identifier: str, hour: int) -> str:
    return json.dumps(
        {
            "type": "ObjectEvent", "eventTime": f"2025-05-01T{hour:02}:00:00Z", "eventTimeZoneOffset": "+00:00",
            "action": "OBSERVE", "bizStep": "shipping", "epcList": [identifier], "eventID": f"urn:uuid:{hour}",
        }
    )  # fmt: skip


def _objects(store: Path) -> list[str]:
    manifest, _ = read_manifest(store)
    takings = stored(store, manifest, "takes_part", TAKES_PART_COLUMNS, "sgtin")
    return [row[0] for row in rows(connect(), f"SELECT object_id FROM {takings} ORDER BY time")]


@pytest.mark.parametrize("spelled", list(itertools.permutations([URN, LINK, SHOP_LINK])))
def test_in_one_document_the_link_gives_way_to_the_urn(tmp_path: Path, spelled: tuple[str, ...]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(_event(identifier, hour) for hour, identifier in enumerate([*spelled, OTHER])))
    assert not take_in(tmp_path / "store", find_sources([path])).faults
    assert _objects(tmp_path / "store") == [URN, URN, URN, OTHER]


@pytest.mark.parametrize("spelled", list(itertools.permutations([URN, LINK, SHOP_LINK])))
def test_in_later_documents_the_form_that_the_store_holds_stays(tmp_path: Path, spelled: tuple[str, ...]) -> None:
    for hour, identifier in enumerate(spelled):
        path = tmp_path / f"{hour}.jsonl"
        path.write_text(_event(identifier, hour))
        assert not take_in(tmp_path / "store", find_sources([path])).faults
    assert _objects(tmp_path / "store") == [spelled[0]] * 3


def test_a_link_that_is_no_gs1_key_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(_event("https://example.com/packages/1", 1))
    assert not take_in(tmp_path / "store", find_sources([path])).faults
    manifest, _ = read_manifest(tmp_path / "store")
    assert [kind.name for kind in manifest.object_types] == ["uri"]
