"""The demonstration: every sample of the library judged by its framework, each a run of its own.

Rule: sample data are invented, and every page made from them says `fictief`. A sample is a table with a mapping file of
the same name, which names its framework by its own name: `complaints.csv` belongs to `nl/complaints`. Source: the rules
of the field, 24.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from html import escape
from importlib.resources import files
from pathlib import Path

from scherp.events.mapping import read_mapping
from scherp.faults import Fault, Refused
from scherp.norms.library import find_framework
from scherp.runs.run import Asked, Done, make_run

_MARK = ".scherp-demonstration"


def samples() -> list[Path]:
    """The bundled sample tables."""
    folder = Path(str(files("scherp") / "library" / "samples"))
    return sorted(folder.glob("*.csv"))


def demonstrate(out: Path, progress: Callable[[str], None] = lambda _: None) -> list[Done]:
    """Judge every sample into `out`, which an earlier demonstration may hold, and write an index page."""
    if out.exists() and any(out.iterdir()) and not (out / _MARK).exists():
        what = "the folder holds other things than a demonstration"
        raise Refused(Fault(out.name, what, "Name another folder with --out"))
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / _MARK).touch()
    done = []
    for sample in samples():
        progress(sample.stem)
        asked = Asked(
            framework=find_framework(f"nl/{sample.stem}"),
            sources=(sample,),
            out=out / sample.stem,
            mapping=read_mapping(sample.with_suffix(".yaml")),
        )
        done.append(make_run(asked, progress))
    (out / "index.html").write_text(_index(done), encoding="utf-8")
    return done


def _index(done: list[Done]) -> str:
    items = "".join(
        f'<li><a href="{escape(one.folder.name)}/report.html">{escape(one.record.framework.title["nl"])}</a></li>'
        for one in done
    )
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Scherp: demonstratie (fictief)</title>'
        '<meta name="viewport" content="width=device-width"></head><body><main><h1>Scherp: demonstratie</h1>'
        f"<p>Alle gegevens zijn fictief.</p><ul>{items}</ul></main></body></html>"
    )
