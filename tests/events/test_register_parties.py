"""The register says who is supervised, where, from when: objects with dated changes, refused whole when a line is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from table_samples import PLAIN, mapping, query, take, write

from scherp.events.instants import iso
from scherp.events.manifest import read_manifest
from scherp.events.model import Change, Object, Reading
from scherp.events.register import read_register
from scherp.faults import Refused

HEAD = "party,site,name,kind,municipality,valid_from,valid_to,stock_limit_g,opens,closes\n"
SHOP = "P1,S1,De Hoek,shop,Breda,2025-04-07,2025-12-31,500,10:00,22:00\n"
LATER = "P1,S1,De Hoek,shop,Tilburg,2026-01-01,,750.5,10:00,22:00\n"


def records(folder: Path, content: str) -> list[object]:
    return list(read_register(write(folder, content, "parties.csv"), Reading("d/parties.csv")))


def said(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        list(read_register(write(folder, content, "parties.csv"), Reading("d/parties.csv")))
    return [str(fault) for fault in refused.value.faults]


def test_a_further_period_is_a_dated_change_at_local_midnight(tmp_path: Path) -> None:
    found = records(tmp_path, HEAD + LATER + SHOP)
    objects = {(one.object_type, one.object_id): one.attributes for one in found if isinstance(one, Object)}
    assert list(objects) == [("party", "P1"), ("site", "S1")]
    assert objects[("site", "S1")]["municipality"] == "Breda"
    periods = objects[("site", "S1")]["periods"]
    assert json.loads(periods.json) == [["2025-04-07", "2025-12-31"], ["2026-01-01", None]]  # type: ignore[union-attr]
    changes = [one for one in found if isinstance(one, Change) and one.object_type == "site"]
    assert [(one.attribute, str(one.value), iso(one.time.micros if one.time else None)) for one in changes] == [
        ("municipality", "Tilburg", "2025-12-31T23:00:00Z"),
        ("stock_limit_g", "750.5", "2025-12-31T23:00:00Z"),
    ]


def test_a_register_beside_events_is_no_table_of_events(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    write(folder, HEAD + SHOP + LATER, "parties.csv")
    write(folder, PLAIN, "events.csv")
    store = tmp_path / "s"
    outcome = take(store, folder)
    assert outcome.faults == []
    assert {(one.name, one.format, one.read) for one in outcome.taken} == {
        ("delivery/parties.csv", "register", 0),
        ("delivery/events.csv", "table", 3),
    }
    assert query(store, "objects", "object_id, type, CAST(stock_limit_g AS VARCHAR)") == [
        ("A", "case", None), ("B", "case", None), ("P1", "party", None), ("S1", "site", "500.000000"),
    ]  # fmt: skip
    assert list(read_manifest(store)[0].registers) == ["delivery/parties.csv"]
    assert take(store, folder).snapshot == 1


def test_a_file_called_parties_that_is_asked_for_by_itself_is_a_table(tmp_path: Path) -> None:
    outcome = take(tmp_path / "s", write(tmp_path, PLAIN, "parties.csv"), how=mapping())
    assert [one.format for one in outcome.taken] == ["table"]


def test_an_empty_register_and_quoted_newlines_are_fine(tmp_path: Path) -> None:
    assert records(tmp_path, HEAD) == []
    (party, site) = records(tmp_path, HEAD + '\nP,S,"De\n""Hoek""\u2028",shop,,,,,,\n')
    assert isinstance(party, Object)
    assert isinstance(site, Object)
    assert party.attributes["name"] == 'De\n"Hoek"'
    assert (site.attributes["stock_limit_g"], site.attributes["valid_from"]) == (None, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEAD.replace("kind,", ""), "line 1: columns are missing: kind. Add them, empty if unknown."),
        ("", "line 1: columns are missing: party, site"),
        (HEAD.replace("closes", "closes,name"), "line 1: the column 'name' occurs 2 times"),
        (HEAD + "P1,S1\n", "line 2: 2 cells where the header has 10"),
        (HEAD + SHOP.replace("P1", ""), "line 2: the party is empty"),
        (HEAD + SHOP.replace("shop", "shopp"), "line 2: 'shopp' is no kind of party"),
        (HEAD + SHOP.replace("2025-04-07", "7-4-2025"), "line 2: valid_from '7-4-2025' is no date"),
        (
            HEAD + SHOP.replace("2025-12-31", "2024-12-31"),
            "line 2: valid_to 2024-12-31 lies before valid_from 2025-04-07",
        ),
        (HEAD + SHOP.replace("500", "-1"), "line 2: stock_limit_g '-1' is no weight"),
        (HEAD + SHOP.replace("500", "NaN"), "line 2: stock_limit_g 'NaN' is no weight"),
        (HEAD + SHOP.replace("500", "Infinity"), "line 2: stock_limit_g 'Infinity' is no weight"),
        (HEAD + '"P1', "the register is not readable CSV in UTF-8"),
        (b"\xff\xfe", "the register is not readable CSV in UTF-8"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(tmp_path: Path, content: str | bytes, says: str) -> None:
    found = said(tmp_path, content)
    assert any(says in sentence for sentence in found), found


def test_all_wrong_lines_are_named_at_once(tmp_path: Path) -> None:
    found = said(tmp_path, HEAD + SHOP.replace("shop", "x") + SHOP.replace("500", "much") + SHOP)
    assert [sentence.split(":")[1].strip() for sentence in found] == ["line 2", "line 3"]
