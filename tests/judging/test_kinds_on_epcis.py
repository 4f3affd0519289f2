"""The five kinds of a chain on EPCIS documents: an honest chain is met whatever its noise, each violation is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlglot
from chain_epcis import DRY, FRAMEWORK, GROWER, PACKS, SHOP, event, honest, lot, moving, selling, write_folder

from scherp.events.database import connect, rows
from scherp.judging.record import RunRecord
from scherp.runs.run import Asked, make_run
from scherp.runs.verify import verify_run

Events = list[dict[str, Any]]
MET = {"one-holder": 2, "stock-within-limit": 4, "received-as-sent": 1, "mass-balance": 1, "from-plant": 2}


def judged(folder: Path, events: Events, as_of: str = "2026-04-01") -> RunRecord:
    framework = folder / "chain.yaml"
    framework.write_text(FRAMEWORK, encoding="utf-8")
    sources = (write_folder(folder / "in", events),)
    return make_run(Asked(framework, sources, folder / "run", as_of=as_of)).record


def counts(record: RunRecord) -> dict[str, dict[str, int]]:
    names = ("met", "breached", "pending", "unknown", "not_applicable")
    return {norm.norm: {name: getattr(norm, name) for name in names if getattr(norm, name)} for norm in record.norms}


def late(events: Events) -> Events:
    """The receipt is registered nine days after it happened."""
    return [one | ({"recordTime": "2026-03-11T09:00:00Z"} if one["eventID"] == "urn:uuid:6" else {}) for one in events]


def twice(events: Events) -> Events:
    return [*events, *events]


def backwards(events: Events) -> Events:
    return events[::-1]


def voided(events: Events) -> Events:
    return [*events, selling(9, 11, PACKS[0], "scherp:voiding"), selling(10, 12, PACKS[0])]


def corrected(events: Events) -> Events:
    """A second sale of the first package is taken back: it was the other one."""
    wrong = selling(9, 11, PACKS[0])
    declared = {
        "declarationTime": "2026-03-02T22:00:00Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:10"],
    }
    return [*events, wrong, wrong | {"errorDeclaration": declared}, selling(10, 11, PACKS[1])]


def returned(events: Events) -> Events:
    road = {"disposition": "returned"}
    return [
        *events,
        moving(9, 30, "shipping", SHOP, PACKS[1:], "urn:x:desadv:2", **road),
        moving(10, 40, "receiving", GROWER, PACKS[1:], "urn:x:desadv:2", **road),
    ]


NOT_IN_THE_CHAIN = ("destroying", "scherp:voiding", "scherp:refusing", "scherp:missing")
NOISE: list[tuple[Callable[[Events], Events], dict[str, int]]] = [
    (list, {}),
    (late, {}),
    (twice, {}),
    (backwards, {}),
    (voided, {"stock-within-limit": 2}),
    (corrected, {"stock-within-limit": 1}),
    (returned, {"stock-within-limit": 2, "received-as-sent": 1}),
]


@pytest.mark.parametrize(("noise", "more"), NOISE, ids=[noise.__name__ for noise, _ in NOISE])
def test_an_honest_chain_is_met(tmp_path: Path, noise: Callable[[Events], Events], more: dict[str, int]) -> None:
    record = judged(tmp_path, noise(honest()))
    assert counts(record) == {norm: {"met": number + more.get(norm, 0)} for norm, number in MET.items()}
    warned = [warning for norm in record.norms for warning in norm.warnings]
    assert [warning for warning in warned if not any(f"{word!r} is in" in warning for word in NOT_IN_THE_CHAIN)] == []


VIOLATIONS = [
    ("sold twice", lambda e: [*e, selling(9, 20, PACKS[0])], "one-holder", "after-end", PACKS[0]),
    ("a ghost receipt", lambda e: [x for x in e if x["eventID"] != "urn:uuid:5"], "received-as-sent", "not-sent", "urn:x:desadv:1"),
    ("one package kept back", lambda e: [*e[:5], e[5] | {"epcList": PACKS[:1]}, *e[7:]],
     "received-as-sent", "set-differs", "urn:x:desadv:1"),
    ("over the limit", lambda e: [*e, *foreign(6)], "stock-within-limit", "above-level", SHOP),
    ("kilograms for grams", lambda e: [*e[:3], e[3] | {"inputQuantityList": [lot(DRY, 5.1, "KGM")]}, *e[4:]],
     "mass-balance", "shortfall", None),
    ("a foreign package", lambda e: [*e, *foreign(1)], "from-plant", "no-origin", "urn:epc:id:sgtin:9521234.067890.90"),
    ("plants that nobody registered", lambda e: e[1:], "from-plant", "broken-line", PACKS[0]),
]  # fmt: skip


def foreign(number: int) -> Events:
    """Packages of an unknown packer, received on a shipment of their own."""
    packs = [f"urn:epc:id:sgtin:9521234.067890.9{n}" for n in range(number)]
    ilmd = {"scherp:netWeight": 1}
    found = [
        moving("f1", 12, "shipping", GROWER, packs, "urn:x:desadv:9"),
        moving("f2", 13, "receiving", SHOP, packs, "urn:x:desadv:9"),
    ]
    made = event("f0", 11, "TransformationEvent", "packing", GROWER, inputQuantityList=[lot(DRY, number)],
                 outputEPCList=packs, ilmd=ilmd)  # fmt: skip
    return [made, *found] if number > 1 else found


@pytest.mark.parametrize(
    ("change", "norm", "reason", "thing"), [row[1:] for row in VIOLATIONS], ids=[row[0] for row in VIOLATIONS]
)
def test_each_violation_is_found(
    tmp_path: Path, change: Callable[[Events], Events], norm: str, reason: str, thing: str | None
) -> None:
    record = judged(tmp_path, change(honest()))
    found = next(one for one in record.norms if one.norm == norm)
    assert {case.reason for case in found.worst} == {reason}
    assert thing is None or thing in {case.object for case in found.worst}


def test_the_amount_beyond_a_limit_is_in_the_record_and_in_the_verdicts(tmp_path: Path) -> None:
    record = judged(tmp_path, [*honest(), *foreign(6)])
    (case,) = next(one for one in record.norms if one.norm == "stock-within-limit").worst
    assert (case.object, case.amount) == (SHOP, "3.500000")
    assert msgspec.json.decode((tmp_path / "run" / "run.json").read_bytes(), type=RunRecord) == record


def test_what_ran_names_no_path_and_is_the_same_again(tmp_path: Path) -> None:
    record = judged(tmp_path, corrected(honest()))
    assert all(norm.sql for norm in record.norms)
    assert str(tmp_path) not in (tmp_path / "run" / "run.json").read_text(encoding="utf-8")
    assert verify_run(tmp_path / "run").differences == []


def test_a_run_before_the_correction_was_known_still_sees_the_error(tmp_path: Path) -> None:
    framework = tmp_path / "chain.yaml"
    framework.write_text(FRAMEWORK, encoding="utf-8")
    sources = (write_folder(tmp_path / "in", corrected(honest())),)
    known = Asked(framework, sources, tmp_path / "run", as_of="2026-04-01", known_at="2026-03-02T21:30:00")
    assert counts(make_run(known).record)["one-holder"] == {"met": 1, "breached": 1}


def rows_of(run: Path) -> list[tuple[Any, ...]]:
    files = sorted(str(path) for path in (run / "verdicts").glob("*.parquet"))
    return sorted(rows(connect(), "SELECT * FROM read_parquet(?)", [files]), key=repr)


def test_no_order_and_no_division_into_documents_changes_a_verdict(tmp_path: Path) -> None:
    events = [*corrected(honest()), *foreign(6), selling(20, 30, PACKS[0])]
    arrangements = {
        "one": [events],
        "reversed": [events[::-1]],
        "two": [events[::2], events[1::2]],
        "parts": [events[7:], events[:7]],
    }
    found = []
    for name, documents in arrangements.items():
        folder = tmp_path / name
        folder.mkdir()
        for number, document in enumerate(documents):
            write_folder(folder / "in", document, f"{number}.jsonl")
        framework = folder / "chain.yaml"
        framework.write_text(FRAMEWORK, encoding="utf-8")
        make_run(Asked(framework, (folder / "in",), folder / "run", as_of="2026-04-01", keep_met=True))
        found.append(rows_of(folder / "run"))
    assert found[0]
    assert all(one == found[0] for one in found[1:])


def test_every_statement_is_portable(tmp_path: Path) -> None:
    record = judged(tmp_path, [*corrected(honest()), selling(20, 11, PACKS[1])])
    statements = [statement for norm in record.norms for statement in norm.sql]
    assert any(statement.startswith("INSERT INTO") for statement in statements), "a loop ran"
    for statement in statements:
        (spark,) = sqlglot.transpile(
            statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        sqlglot.parse_one(spark, read="spark")
        for word in ("recursive", "asof", "string_agg", "listagg", "date_diff", "read_parquet"):
            assert word not in statement.lower()
