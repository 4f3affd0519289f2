"""verify finds whatever was changed in a run or in its data, names it, and finds nothing where nothing was."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from run_samples import asked, differences, edit_record, files, made, table
from test_run_folder import into_store

from scherp.events.intake import take_in
from scherp.events.mapping import parse_mapping
from scherp.events.sources import find_sources
from scherp.evidence.keys import new_keys
from scherp.evidence.seal import write_seal
from scherp.faults import Refused
from scherp.runs.verify import verify_run


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    done = made(tmp_path_factory.mktemp("original"))
    return done.folder, done.seal


@pytest.fixture
def run(original: tuple[Path, str], tmp_path: Path) -> Path:
    shutil.copytree(original[0], tmp_path / "moved")
    return tmp_path / "moved"


def test_a_run_is_what_it_was_also_after_it_was_moved(run: Path, original: tuple[Path, str]) -> None:
    before = {path: path.read_bytes() for path in files(run)}
    found = verify_run(run, expect=original[1])
    assert (found.differences, found.notes) == ([], [])
    assert {path: path.read_bytes() for path in files(run)} == before


def test_a_changed_byte_anywhere_is_found_and_its_file_named(run: Path, original: tuple[Path, str]) -> None:
    seen = 0
    for path in files(run):
        relative = path.relative_to(run).as_posix()
        whole = path.read_bytes()
        for place in sorted({0, len(whole) // 2, len(whole) - 1}):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            # a digit changed in the seal shows by itself only against the hash that was printed
            found = differences(run, expect=original[1] if relative == "seal.json" else None)
            named = {fault.where.split(":")[0] for fault in found}
            assert relative in named, (relative, place, named)
            seen += 1
        path.write_bytes(whole[:-1])
        assert relative in {fault.where for fault in differences(run)}
        path.unlink()
        assert any(relative in fault.where for fault in differences(run)), relative
        path.write_bytes(whole)
    assert seen > 30
    assert differences(run) == []


def test_an_added_file_is_found_also_when_it_is_sealed(run: Path) -> None:
    for path in ("notes.txt", "verdicts/other.parquet", "store/parts/events/x.parquet"):
        (run / path).write_bytes(b"x")
        assert path in {fault.where for fault in differences(run)}
        write_seal(run)
        assert [(fault.where, fault.what) for fault in differences(run)] == [(path, "it is no part of a run")]
        (run / path).unlink()
        write_seal(run)


def _norm(key: str, word: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["norms"][0].update({key: word})


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a count": (lambda d: d["norms"][0].update(met=2, breached=1), "run.json: answered-in-time.breached"),
    "a population": (_norm("population", 99), "run.json: answered-in-time.population"),
    "a share": (_norm("share", 1.0), "run.json: answered-in-time.share"),
    "a worst case": (_norm("worst", []), "run.json: answered-in-time.worst"),
    "what a norm says": (_norm("says", {"nl": "x", "en": "y"}), "run.json: answered-in-time.says"),
    "the SQL that ran": (_norm("sql", ["SELECT 1"]), "run.json: answered-in-time.sql"),
    "may name a breach": (_norm("may_name_breach", True), "run.json: answered-in-time.may_name_breach"),
    "a norm left out": (lambda d: d["norms"].pop(), "run.json: never-lost.norm"),
    "a norm added": (lambda d: d["norms"].append(d["norms"][0] | {"norm": "x"}), "run.json: x.norm"),
    "the number of events": (lambda d: d["data"].update(events=8), "run.json: data"),
    "a source's count": (lambda d: d["data"]["sources"][0].update(refused=0), "run.json: data"),
    "the rejected rows": (lambda d: d["data"].update(rejected=0), "run.json: data"),
    "the day it is judged": (lambda d: d.update(as_of="2024-01-03T00:00:00Z"), "run.json: answered-in-time.breached"),
    "a day that is none": (lambda d: d.update(as_of="'; DROP"), "run.json: as_of"),
    "what was known": (lambda d: d.update(known_at="2024-01-02T00:00:00Z"), "run.json: answered-in-time.met"),
    "keep met": (lambda d: d.update(keep_met=True), "verdicts/answered-in-time.parquet"),
    "the title": (lambda d: d["framework"].update(title={"nl": "x", "en": "y"}), "run.json: framework"),
    "no title at all": (lambda d: d["framework"].update(title={}), "run.json: framework"),
    "invented data": (lambda d: d.update(synthetic=True), "run.json: synthetic"),
    "the hash of the data": (lambda d: d["data"].update(manifest_sha256="0" * 64), "manifest-000001.json"),
    "another snapshot": (lambda d: d["data"].update(snapshot=7), "store"),
    "another store": (lambda d: d["data"].update(store="../../../../etc"), "etc"),
    "the framework's hash": (lambda d: d["framework"].update(sha256="0" * 64), "framework.yaml"),
    "a newer format": (lambda d: d.update(format=99), "run.json"),
    "no record at all": (lambda d: d.clear(), "run.json"),
}


@pytest.mark.parametrize(("forgery", "named"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_record_under_a_new_seal_is_found_by_judging_again(
    run: Path, forgery: Callable[[dict[str, Any]], None], named: str
) -> None:
    edit_record(run, forgery)
    assert named in {fault.where for fault in differences(run)}


def test_a_record_written_otherwise_is_found(run: Path) -> None:
    edit_record(run, lambda document: document.update(unknown_key=1))
    assert [fault.where for fault in differences(run)] == ["run.json"]


@pytest.mark.parametrize(
    "select",
    [
        "* REPLACE ('pending' AS verdict)",
        "* REPLACE (lateness + 1 AS lateness)",
        "* REPLACE ('Z' AS object)",
        "* REPLACE (NULL AS due)",
        "*, 'more' AS extra",
        "* EXCLUDE (reason)",
    ],
)
def test_forged_verdicts_under_a_new_seal_are_found(run: Path, select: str) -> None:
    path = run / "verdicts" / "answered-in-time.parquet"
    rewrite(path, f"SELECT {select} FROM old")
    write_seal(run)
    assert [fault.where for fault in differences(run)] == ["verdicts/answered-in-time.parquet"]


@pytest.mark.parametrize("where", ["WHERE object <> 'B'", "UNION ALL FROM old"])
def test_verdicts_left_out_or_doubled_are_found(run: Path, where: str) -> None:
    rewrite(run / "verdicts" / "answered-in-time.parquet", f"FROM old {where}")
    write_seal(run)
    (fault,) = differences(run)
    assert "rows are not what judging gives" in fault.what


def test_verdicts_in_another_order_and_packing_are_the_same_verdicts(run: Path) -> None:
    rewrite(run / "verdicts" / "answered-in-time.parquet", "FROM old ORDER BY object DESC")
    write_seal(run)
    assert differences(run) == []


def rewrite(path: Path, select: str) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE old AS FROM read_parquet(?)", [str(path)]).fetchall()
        database.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)").fetchall()


def test_an_altered_report_is_named_and_an_honest_one_is_not_accused(run: Path) -> None:
    edit_record(run, lambda document: document["norms"][0].update(met=2, breached=1))
    assert "report.html" not in {fault.where for fault in differences(run)}
    report = run / "report.html"
    report.write_text(report.read_text("utf-8").replace("</body>", "<p>All is well.</p></body>"), "utf-8")
    write_seal(run)
    assert "report.html" in {fault.where for fault in differences(run)}


def test_another_framework_under_a_new_seal_is_found(run: Path) -> None:
    framework = run / "framework.yaml"
    framework.write_text(framework.read_text("utf-8").replace("3 days", "30 days"), "utf-8")
    write_seal(run)
    assert [(fault.where, fault.what) for fault in differences(run)] == [
        ("framework.yaml", "it is not the framework that was judged by")
    ]
    framework.write_text("nonsense: [", "utf-8")
    write_seal(run)
    assert [fault.where.split(":")[0] for fault in differences(run)] == ["framework.yaml"]


def test_a_consistent_forgery_is_found_by_the_printed_seal_and_by_the_signature(tmp_path: Path) -> None:
    """Whoever makes the whole run anew from other data passes every recomputation, but not what was printed or signed."""
    pair = new_keys(tmp_path / "keys")
    honest = made(tmp_path, sign=pair.private)
    assert differences(honest.folder, expect=honest.seal, key=pair.public) == []
    (tmp_path / "questions.csv").write_text(
        table([("A", "ask", "2024-01-01", "", ""), ("A", "answer", "2024-01-01", "", "")])
    )
    forged = made(tmp_path, out=tmp_path / "forged")
    for name in ("seal.sig", "seal.pub"):
        shutil.copy(honest.folder / name, forged.folder / name)
    assert differences(forged.folder) == []
    assert "not the expected" in differences(forged.folder, expect=honest.seal)[0].what
    assert differences(forged.folder, key=pair.public) != []
    assert "give the public key" in verify_run(honest.folder).notes[0]


def test_a_run_on_a_store_holds_while_the_store_grows_and_names_what_was_altered(tmp_path: Path) -> None:
    store = into_store(tmp_path, table())
    done = made(tmp_path, sources=(store,))
    grown = into_store(tmp_path, table([("F", "ask", "2024-01-15T10:00", "", "")]), "more.csv")
    assert differences(done.folder) == []
    manifest = json.loads((grown / "manifest-000001.json").read_bytes())
    for part in manifest["parts"]:
        path = store / part["path"]
        whole = path.read_bytes()
        path.write_bytes(whole[:50] + bytes([whole[50] ^ 1]) + whole[51:])
        assert [fault.where for fault in differences(done.folder)] == [part["path"]]
        path.write_bytes(whole)
    rejects = store / manifest["intake"][0]["rejects"]
    whole = rejects.read_bytes()
    rejects.write_bytes(whole.replace(b"refused", b"altered"))
    assert [fault.where for fault in differences(done.folder)] == [manifest["intake"][0]["rejects"]]
    rejects.write_bytes(whole)
    (store / "manifest-000001.json").unlink()
    assert differences(done.folder) != []


def test_an_altered_intake_record_of_the_judged_snapshot_is_named(tmp_path: Path) -> None:
    store = into_store(tmp_path, table())
    done = made(tmp_path, sources=(store,))
    (store / "intake.json").write_bytes((store / "intake.json").read_bytes().replace(b'"refused": 1', b'"refused": 0'))
    assert [fault.where for fault in differences(done.folder)] == ["intake.json"]


def test_a_store_that_moved_is_pointed_to(tmp_path: Path) -> None:
    store = into_store(tmp_path, table())
    done = made(tmp_path, sources=(store,))
    store.rename(tmp_path / "elsewhere")
    assert differences(done.folder) != []
    assert differences(done.folder, store=tmp_path / "elsewhere") == []


def test_a_part_forged_together_with_its_manifest_is_found(run: Path) -> None:
    part = next((run / "store" / "parts" / "events").iterdir())
    part.write_bytes(b"PAR1 no parquet at all PAR1")
    manifest = run / "store" / "manifest-000001.json"
    document = json.loads(manifest.read_bytes())
    for one in document["parts"]:
        if one["path"].endswith(f"events/{part.name}"):
            one.update(sha256=hashlib.sha256(part.read_bytes()).hexdigest(), bytes=part.stat().st_size)
    manifest.write_text(json.dumps(document))
    sha256 = hashlib.sha256(manifest.read_bytes()).hexdigest()
    edit_record(run, lambda record: record["data"].update(manifest_sha256=sha256))
    assert {fault.where for fault in differences(run)} & {"the data", "judging"}


@pytest.mark.parametrize("dress", ["\r\n", "\n\n", "\ufeff"])
def test_a_framework_is_kept_to_the_byte(tmp_path: Path, dress: str) -> None:
    request = asked(tmp_path)
    plain = request.framework.read_bytes().decode()
    dressed = dress + plain if dress == "\ufeff" else plain.replace("\n", dress)
    request.framework.write_bytes(dressed.encode())
    done = made(tmp_path)
    assert (done.folder / "framework.yaml").read_bytes().decode() in (dressed, dressed.removeprefix("\ufeff"))
    assert differences(done.folder) == []


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none", asked(tmp_path).sources[0], Path("/dev/null"), Path("x" * 5000)):
        with pytest.raises(Refused, match="this is no run"):
            verify_run(place)


def test_a_symbolic_link_in_a_run_is_found(run: Path) -> None:
    (run / "report.html").rename(run.parent / "report.html")
    (run / "report.html").symlink_to(run.parent / "report.html")
    assert "report.html" in {fault.where for fault in differences(run)}


def test_the_same_data_give_the_same_record(tmp_path: Path) -> None:
    one, other = made(tmp_path), made(tmp_path, out=tmp_path / "again")
    assert one.record.norms == other.record.norms
    assert (one.record.framework, one.record.as_of) == (other.record.framework, other.record.as_of)


def test_an_intake_after_the_run_changes_nothing_of_an_inner_store(run: Path) -> None:
    how = parse_mapping(
        {"case": "case", "activity": "activity", "time": "time", "recorded": "known", "zone": "UTC"}, "m"
    )
    (run.parent / "more.csv").write_text(table([("F", "ask", "2024-01-15T10:00", "", "")]))
    take_in(run / "store", find_sources([run.parent / "more.csv"]), how)
    assert {fault.where.split("/")[0] for fault in differences(run)} >= {"store"}
