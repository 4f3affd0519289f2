"""The demonstration: every sample of the library judged by its framework, and a night of an invented chain inspected.

Rule: sample data are invented, and every page made from them says `fictief`. A sample is a table with a mapping file of
the same name, which names its framework by its own name: `complaints.csv` belongs to `nl/complaints`. The chain is
simulated with violations planted at invented parties in invented municipalities. Source: the rules of the field, 24.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from scherp.events.mapping import read_mapping
from scherp.faults import Fault, Refused
from scherp.norms.library import find_framework
from scherp.reports.markup import Markup, element, join
from scherp.reports.page import page
from scherp.reports.wording import both
from scherp.runs.inspection import Inspection, inspect
from scherp.runs.run import Asked, Done, make_run
from scherp.simulation.chain import simulate_chain

WEEKS = 4
_MARK = ".scherp-demonstration"


def samples() -> list[Path]:
    """The bundled sample tables."""
    folder = Path(str(files("scherp") / "library" / "samples"))
    return sorted(folder.glob("*.csv"))


def demonstrate(out: Path, weeks: int = WEEKS, progress: Callable[[str], None] = lambda _: None) -> list[Done]:
    """Judge every sample into `out`, which an earlier demonstration may hold, and write an index page.

    weeks: how long a chain is simulated for the night that is inspected; 0 leaves it out.
    """
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
    if weeks:
        done.append(_chain_night(out, weeks, progress))
    (out / "index.html").write_text(_index(done), encoding="utf-8")
    return done


def _chain_night(out: Path, weeks: int, progress: Callable[[str], None]) -> Done:
    """Simulate a chain, take it in and inspect it, as a night would."""
    simulate_chain(out / "simulated", seed=1, weeks=weeks, violations=["all"], progress=progress)
    asked = Inspection(
        store=out / "chain-store",
        framework=find_framework("nl/egc"),
        out=out / "night",
        inbox=out / "simulated" / "chain",
        mapping=read_mapping(out / "simulated" / "mapping.yaml"),
    )
    return inspect(asked, progress).done


def _index(done: list[Done]) -> str:
    """The page that leads to the reports, in the look of the reports, Dutch with an English switch."""
    links = join(element("li", _link(one)) for one in done)
    head = {"nl": "Demonstratie", "en": "Demonstration"}
    body = element("main", element("h1", both(lambda lang: head[lang], "span")), element("ul", links), id="reports")
    return page("Scherp: demonstratie (fictief)", "reports", body, synthetic=True)


def _link(one: Done) -> Markup:
    title = one.record.framework.title
    return element("a", both(lambda lang: title[lang], "span"), href=f"{one.folder.name}/report.html")
