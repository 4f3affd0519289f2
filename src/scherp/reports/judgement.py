"""The report of a run: from the record that judging wrote to one HTML file that anyone can read.

Rule: the data come before the outcomes, the outcomes before the details, the proof last; an outcome is not a
judgement and the page says so at its head. The page holds both languages and needs no script. Source: the plan of the
house, sections 3 to 5; the rules of the field, points 5 to 7, 12 and 24.
"""

from __future__ import annotations

from scherp.judging.record import RunRecord
from scherp.norms.model import Language
from scherp.reports.formats import moment, number
from scherp.reports.markup import Markup, element, identifier, join
from scherp.reports.norm_section import cases_shown, norm_section
from scherp.reports.page import page
from scherp.reports.quality import MOST_SOURCES, quality_section
from scherp.reports.summary import Theme, by_theme, summary_section, theme_title
from scherp.reports.tables import code_blocks, facts, folded
from scherp.reports.wording import both, pick, say, say_both, say_number


def report_html(run: RunRecord) -> str:
    """The report of `run` as one HTML document, in Dutch and English."""
    synthetic = is_synthetic(run)
    body = join([both(lambda lang: _opening(run, synthetic, lang)), usual_sections(run)])
    return page(_title(run, synthetic), "summary", body, synthetic)


def is_synthetic(run: RunRecord) -> bool:
    """Is any of the data of the run invented?"""
    return run.synthetic or any(source.synthetic for source in run.data.sources)


def usual_sections(run: RunRecord) -> Markup:
    """What every report of a run holds below its head: data quality, summary, norm by norm, proof and foot."""
    synthetic, themes = is_synthetic(run), by_theme(run)
    return join(
        [
            element("section", both(lambda lang: quality_section(run.data, lang)), class_="quality"),
            element("section", both(lambda lang: summary_section(themes, lang)), id="summary"),
            element(
                "section",
                both(lambda lang: _contents(themes, lang)),
                *(_theme(theme, cases_shown(len(run.norms))) for theme in themes),
                class_="norms",
            ),
            element("section", both(lambda lang: _proof(run, lang)), _shared_sql(run), class_="proof"),
            element("footer", both(lambda lang: _closing(run, synthetic, lang))),
        ]
    )


def _title(run: RunRecord, synthetic: bool) -> str:
    """The document's title, which cannot follow the choice of language: in both."""
    dutch, english = pick(run.framework.title, "nl"), pick(run.framework.title, "en")
    words = dutch if dutch == english else f"{dutch} / {english}"
    marks = f" ({say('fictitious', 'nl')} / {say('fictitious', 'en')})" if synthetic else ""
    return f"{words}{marks} – Scherp"


def _opening(run: RunRecord, synthetic: bool, lang: Language) -> Markup:
    mark = element("span", say("fictitious", lang), class_="tag fictive") if synthetic else ""
    moments: list[tuple[object, object]] = [(say("as_of", lang), moment(run.as_of, lang))]
    if run.known_at is not None:
        known = join([moment(run.known_at, lang), ". ", say("known_at_says", lang)])
        moments.append((say("known_at", lang), known))
    framework = join([identifier(run.framework.id), ", ", say("version", lang, version=run.framework.version)])
    return join(
        [
            element("p", say("kind_of_page", lang), " ", mark, class_="kind"),
            element("h1", pick(run.framework.title, lang) or run.framework.id),
            facts(
                [
                    *moments,
                    (say("framework", lang), framework),
                    (say("norms", lang), number(len(run.norms), lang)),
                ]
            ),
            element(
                "div",
                element("p", element("b", say("no_judgement", lang), ".")),
                element("p", say("no_judgement_says", lang)),
                class_="notice",
            ),
        ]
    )


def _contents(themes: list[Theme], lang: Language) -> Markup:
    listed = (
        element(
            "li",
            element("a", theme_title(theme, lang), href=f"#{theme.anchor}"),
            f" ({say_number('theme_norms', lang, len(theme.norms))})",
        )
        for theme in themes
    )
    links = element("nav", element("ul", *listed), aria_label=say("themes", lang), class_="contents")
    return join([element("h2", say("norms_one_by_one", lang)), links if len(themes) > 1 else ""])


def _theme(theme: Theme, cases: int) -> Markup:
    norms = (norm_section(norm, anchor, cases) for norm, anchor in zip(theme.norms, theme.anchors, strict=True))
    back = element("p", element("a", say_both("to_summary"), href="#summary"), class_="back")
    return element("section", both(lambda lang: element("h3", theme_title(theme, lang))), *norms, back, id=theme.anchor)


def _proof(run: RunRecord, lang: Language) -> Markup:
    engine = run.engine
    versions = f"Scherp {engine.scherp}, DuckDB {engine.duckdb}, SQLGlot {engine.sqlglot}, "
    kept = say("kept_all" if run.keep_met else "kept_not_met", lang)
    return join(
        [
            element("h2", say("proof", lang)),
            element("p", say("proof_says", lang)),
            element("pre", element("code", "scherp verify RUN")),
            element("p", say("proof_run", lang)),
            facts(
                [
                    (say("engine", lang), join([versions, say("time_zones", lang), f" {engine.tzdata}"])),
                    (say("kept_cases", lang), kept),
                ]
            ),
            element("h3", say("hashes", lang)),
            _hashes(run, lang),
        ]
    )


def _hashes(run: RunRecord, lang: Language) -> Markup:
    pairs: list[tuple[object, object]] = [
        (join([say("framework", lang), " ", identifier(run.framework.id)]), identifier(run.framework.sha256)),
        (say("manifest", lang), identifier(run.data.manifest_sha256)),
    ]
    shown = run.data.sources[:MOST_SOURCES]
    pairs += [(join([say("source", lang), " ", identifier(entry.name)]), identifier(entry.sha256)) for entry in shown]
    rest = len(run.data.sources) - len(shown)
    more = element("p", say_number("more_sources", lang, rest), class_="hint") if rest else ""
    return join([element("div", facts(pairs), class_="hashes"), more])


def _shared_sql(run: RunRecord) -> Markup:
    if not run.shared_sql:
        return Markup("")
    return folded(say_both("shared_sql"), code_blocks(run.shared_sql), kind="sql")


def _closing(run: RunRecord, synthetic: bool, lang: Language) -> Markup:
    words = [say("made_with", lang, version=run.engine.scherp), ". ", say("no_judgement", lang), "."]
    if synthetic:
        words += [" ", say("fictitious_says", lang)]
    return element("p", *words)
