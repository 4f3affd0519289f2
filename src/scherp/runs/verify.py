"""verify: recompute a run and say what, if anything, differs.

Rule: everything is derived again: the seal from the files, the framework and the data from their hashes, verdicts and
counts by judging anew, the report from the record. Verdicts are compared as sorted rows, not as bytes of a file. Each
difference is one sentence with its place. Source: the engine's decision 9.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import msgspec

from scherp.events.database import connect, rows, text
from scherp.events.manifest import Manifest, part_faults, read_manifest
from scherp.events.upkeep import intake_record
from scherp.evidence.hashes import sha256_bytes
from scherp.evidence.seal import PUBLIC_KEY, SEAL, SIGNATURE, check_seal, shown_path
from scherp.faults import Fault, Refused
from scherp.judging.record import RunRecord
from scherp.judging.relations import Cut
from scherp.norms.model import Framework
from scherp.reports.judgement import report_html
from scherp.runs.data import Snapshot, as_sql
from scherp.runs.night_files import CASES, NIGHT, night_differences
from scherp.runs.run import FORMAT, VERDICT_COLUMNS, framework_of, judged_record, run_json, verdict_rows


@dataclass(frozen=True)
class Verified:
    """What verify found. differences: empty where all is as it was. notes: what a reader should know besides."""

    differences: list[Fault]
    notes: list[str]


def verify_run(folder: Path, store: Path | None = None, expect: str | None = None, key: Path | None = None) -> Verified:
    """Verify a run's folder. store: where its data lie now, if they were moved. expect: the hash of the seal that was
    printed. key: the public key of the signature. Refused where there is no run at all."""
    if not any((folder / name).is_file() for name in (SEAL, "run.json") if len(folder.name) < 256):
        raise Refused(Fault(folder.name[:200], "this is no run: it has no run.json", "Name the folder of a run"))
    differences = check_seal(folder, expect)
    if key is not None:
        from scherp.evidence.keys import check_signature

        differences += check_signature(folder, key)
    try:
        record = _record(folder)
    except Refused as refused:
        return Verified([*refused.faults, *differences], [])
    notes = _notes(folder, record, key)
    place = store or (folder / record.data.store)
    found, manifest = _data_differences(place, record)
    differences += found
    if manifest is not None and not found:
        differences += _recomputed_differences(folder, record, place, manifest)
    return Verified(list(dict.fromkeys(differences)), notes)


def _record(folder: Path) -> RunRecord:
    try:
        record = msgspec.json.decode((folder / "run.json").read_bytes(), type=RunRecord)
    except (OSError, ValueError, RecursionError):
        raise Refused(Fault("run.json", "it cannot be read as the record of a run")) from None
    if record.format > FORMAT:
        raise Refused(Fault("run.json", f"it has format {record.format}", "Use a newer Scherp"))
    return record


def _notes(folder: Path, record: RunRecord, key: Path | None) -> list[str]:
    from scherp import __version__
    from scherp.norms.calendar import tz_version

    now = {
        "Scherp": __version__,
        "DuckDB": duckdb.__version__,
        "SQLGlot": version("sqlglot"),
        "time zones": tz_version(),
    }
    then = {
        "Scherp": record.engine.scherp, "DuckDB": record.engine.duckdb, "SQLGlot": record.engine.sqlglot,
        "time zones": record.engine.tzdata,
    }  # fmt: skip
    notes = [f"judged with {part} {then[part]}, recomputed with {now[part]}" for part in now if now[part] != then[part]]
    if (folder / "seal.sig").exists() and key is None:
        notes.append("the run is signed; give the public key with --key to check the signature")
    return notes


def _data_differences(store: Path, record: RunRecord) -> tuple[list[Fault], Manifest | None]:
    """Is the snapshot the one that was judged, and is every part of it as its manifest says?"""
    try:
        manifest, sha256 = read_manifest(store, record.data.snapshot)
    except Refused as refused:
        return list(refused.faults), None
    differences = []
    if sha256 != record.data.manifest_sha256:
        differences.append(Fault(f"manifest-{manifest.number:06d}.json", "it is not the manifest that was judged"))
    differences += part_faults(store, manifest, thorough=True)
    try:
        current = read_manifest(store)[0]
    except Refused as refused:
        return [*differences, *refused.faults], manifest
    copy = store / "intake.json"
    if current.number == manifest.number and (not copy.is_file() or copy.read_bytes() != intake_record(manifest)):
        differences.append(Fault("intake.json", "it is not what the manifest says was read"))
    return differences, manifest


def _recomputed_differences(folder: Path, record: RunRecord, store: Path, manifest: Manifest) -> list[Fault]:
    """Judge again and compare the record, every verdict row and the report. Nothing is written into the run."""
    with tempfile.TemporaryDirectory(prefix="scherp-") as spill:
        return _judged_differences(folder, record, store, manifest, Path(spill))


def _judged_differences(folder: Path, record: RunRecord, store: Path, manifest: Manifest, spill: Path) -> list[Fault]:
    framework, faults = _framework(folder, record)
    try:
        cut = Cut(as_sql(record.as_of), as_sql(record.known_at) if record.known_at is not None else None)
    except ValueError:
        faults.append(Fault("run.json: as_of", "it is no moment"))
    if framework is None or faults:
        return faults
    snapshot = Snapshot(store, record.data.store, manifest, record.data.manifest_sha256)
    verdicts = folder / "verdicts"
    database = connect(spill=spill)
    try:
        again = judged_record(database, framework, snapshot, cut, record.keep_met, verdicts)
        again.engine = record.engine
        differences = _record_differences(record, again)
        for norm in again.norms:
            if norm.computed:
                differences += _row_differences(database, norm.norm, verdicts / f"{norm.norm}.parquet")
    except Refused as refused:
        return list(refused.faults)
    except duckdb.Error as fault:
        what = f"they cannot be judged again ({type(fault).__name__})"
        return [Fault("the data", what, "See which part was altered")]
    finally:
        database.close()
    strangers = _strangers(folder, again, manifest)
    return [*differences, *_written_differences(folder, record, again, store), *strangers]


def _framework(folder: Path, record: RunRecord) -> tuple[Framework | None, list[Fault]]:
    """The framework in the run's folder, if it is the one that was judged by."""
    try:
        framework = framework_of(folder)
    except (OSError, UnicodeDecodeError):
        return None, [Fault("framework.yaml", "it is missing or cannot be read")]
    except Refused as refused:
        return None, list(refused.faults)
    if sha256_bytes(framework.text.encode()) != record.framework.sha256:
        return None, [Fault("framework.yaml", "it is not the framework that was judged by")]
    return framework, []


def _written_differences(folder: Path, record: RunRecord, again: RunRecord, store: Path) -> list[Fault]:
    """Do the record and the report lie there as the program writes them? A night has a report of its own."""
    differences = []
    if record == again and (folder / "run.json").read_bytes() != run_json(record):
        differences.append(Fault("run.json", "it is not written as Scherp writes it"))
    if (folder / NIGHT).exists():
        return [*differences, *night_differences(folder, again, store)]
    report = folder / "report.html"
    if not report.is_file() or report.read_bytes() != report_html(again).encode():
        differences.append(Fault("report.html", "it does not say what judging gives"))
    return differences


def _strangers(folder: Path, again: RunRecord, manifest: Manifest) -> list[Fault]:
    """Files in the run that no run has: a new seal may list them, judging did not make them."""
    known = {"run.json", "report.html", "framework.yaml", SEAL, SIGNATURE, PUBLIC_KEY}
    known |= {NIGHT, CASES} if (folder / NIGHT).exists() else set()
    known |= {f"verdicts/{norm.norm}.parquet" for norm in again.norms if norm.computed}
    known |= {f"store/{path}" for path in ("current", "intake.json", f"manifest-{manifest.number:06d}.json")}
    known |= {f"store/{part.path}" for part in manifest.parts}
    known |= {f"store/{intaken.rejects}" for intaken in manifest.intake if intaken.rejects}
    found = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if not path.is_dir()]
    return [Fault(shown_path(path), "it is no part of a run") for path in found if path not in known]


def _record_differences(record: RunRecord, again: RunRecord) -> list[Fault]:
    differences = []
    then, now = {n.norm: n for n in record.norms}, {n.norm: n for n in again.norms}
    for norm in dict.fromkeys([*then, *now]):
        if then.get(norm) == now.get(norm):
            continue
        one, other = (msgspec.to_builtins(side.get(norm)) or {} for side in (then, now))
        fields = [field for field in {**one, **other} if one.get(field) != other.get(field)]
        for field in sorted(fields):
            differences.append(
                Fault(
                    f"run.json: {norm}.{field}",
                    f"it says {one.get(field)!r:.120}, recomputed {other.get(field)!r:.120}",
                )
            )
    for field in ("framework", "data", "as_of", "known_at", "shared_sql", "synthetic"):
        if getattr(record, field) != getattr(again, field):
            differences.append(Fault(f"run.json: {field}", "recomputed it is something else"))
    return differences


def _row_differences(database: duckdb.DuckDBPyConnection, norm: str, path: Path) -> list[Fault]:
    shown = f"verdicts/{path.name}"
    if not path.is_file():
        return [Fault(shown, "this file of verdicts is missing")]
    again = verdict_rows(norm).partition(" ORDER BY")[0]
    kept = f"SELECT {', '.join(VERDICT_COLUMNS)} FROM read_parquet({text(str(path))})"
    try:
        described = [row[0] for row in rows(database, f"DESCRIBE SELECT * FROM read_parquet({text(str(path))})")]
        if described != list(VERDICT_COLUMNS):
            return [Fault(shown, "it has other columns than verdicts have")]
        more = rows(database, f"SELECT count(*) FROM ({kept} EXCEPT ALL {again})")[0][0]
        fewer = rows(database, f"SELECT count(*) FROM ({again} EXCEPT ALL {kept})")[0][0]
    except duckdb.Error:
        return [Fault(shown, "it cannot be read as verdicts")]
    if more or fewer:
        return [Fault(shown, f"{more} rows are not what judging gives, {fewer} rows of it are missing")]
    return []
