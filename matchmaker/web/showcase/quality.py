"""Published quality: what brokers decided, how quick it went, and what was measured beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, jsonify, render_template
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from matchmaker.domain.policy import Permission
from matchmaker.services.quality.figures import MINIMUM
from matchmaker.services.quality.measured import measured
from matchmaker.services.quality.snapshots import Published
from matchmaker.web.access import requires, services
from matchmaker.web.formatting import number
from matchmaker.web.showcase import showcase
from matchmaker.web.showcase.calibration_chart import across, down, points

Figures = Mapping[str, Any]
Row = dict[str, str]

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIMES = {
    "posting_to_match": _("From posting to the first match"),
    "match_to_verdict": _("From match to verdict"),
    "verdict_to_introduction": _("From approval to introduction"),
}
_CONTROLS = {
    "random order": _("Random order"),
    "BM25, jieba words": _("BM25 over words"),
    "BM25, CJK bigrams": _("BM25 over pairs of characters"),
    "TF-IDF, characters 1-2": _("TF-IDF over characters"),
}
_PARTS = {
    "all": _("all together"),
    "lexical": _("words and characters, no vectors"),
    "vector": _("vectors alone"),
    "words": _("words alone"),
    "grams": _("characters and pairs alone"),
    "vectors": _("vectors alone"),
    "without words": _("without words"),
    "without grams": _("without characters and pairs"),
    "without vectors": _("without vectors"),
}
_LANGUAGES = {
    "zh-zh": _("Chinese with Chinese"),
    "zh-en": _("Chinese with English"),
    "en-zh": _("English with Chinese"),
    "en-en": _("English with English"),
}
_MEASURES = ("ndcg@10", "map", "recall@100")


@showcase.get("/quality")
@requires(Permission.OPEN)
def quality() -> str:
    """How good the matching is, as counted figures with their intervals."""
    published, sections = services().quality.published(), measured()
    return render_template(
        "showcase/quality.html",
        minimum=MINIMUM,
        sections=sections,
        ranking=list(_ranking_rows(sections["ranking"])) if "ranking" in sections else [],
        part_name=lambda name: _PARTS.get(name, name),
        explanations=list(_explained(sections.get("explanations", {}))),
        axes=[(step / 5, across(step / 5), down(step / 5)) for step in range(6)],
        **(_of_portal(published) if published else {"latest": None}),
    )


@showcase.get("/quality.json")
@requires(Permission.OPEN)
def quality_data() -> Response:
    """The same figures for programs; shares in [0, 1], times in seconds, unknown ones null."""
    published = services().quality.published()
    months = published.months if published else []
    return jsonify(
        {
            "as_of": published.latest.taken_at.isoformat() if published else None,
            "portal": published.latest.figures if published else None,
            "months": [{"month": held.month, "figures": held.figures} for held in months],
            "measured": measured(),
        }
    )


def _of_portal(published: Published) -> dict[str, Any]:
    figures = published.latest.figures
    return {
        "latest": published.latest,
        "figures": figures,
        "coverage": _coverage(figures),
        "precision": [_precision(depth, held) for depth, held in figures["precision"].items()],
        "times": [_time(name, held) for name, held in figures["times"].items()],
        "bins": [_bin(held) for held in figures["calibration"]["bins"]],
        "points": points(figures["calibration"]["bins"]),
        "months": [_month(held.month, held.figures) for held in published.months],
    }


def _coverage(figures: Figures) -> list[Row]:
    labels = {"fair": gettext("A match at fair or better"), "weak": gettext("Any match")}
    found = []
    for level, text in labels.items():
        held = figures["coverage"][level]
        note = gettext("%(hits)s of %(total)s demands", hits=held["hits"], total=held["total"])
        found.append({"label": text, "value": share(held["share"]) or "—", "note": note})
    return found


def _precision(depth: str, held: Figures) -> Row:
    return {
        "depth": ngettext("first match", "first %(num)s matches", int(depth)),
        "share": share(held["share"]) or too_few(held["total"]),
        "interval": interval(held),
        "total": number(held["total"]),
    }


def _time(name: str, held: Figures) -> Row:
    enough = held["median"] is not None
    return {
        "what": str(_TIMES[name]),
        "median": duration(held["median"]) if enough else gettext("too few yet"),
        "p90": duration(held["p90"]) if enough else "—",
        "cases": number(held["cases"]),
    }


def _bin(held: Figures) -> Row:
    return {
        "predicted": f"{share(held['from'])} – {share(held['to'])}",
        "share": share(held["share"]),
        "interval": interval(held),
        "total": number(held["total"]),
    }


def _month(month: str, figures: Figures) -> Row:
    return {
        "month": month,
        "coverage": share(figures["coverage"]["fair"]["share"]) or "—",
        "precision": share(figures["precision"]["5"]["share"]) or "—",
        "verdicts": number(figures["verdicts"]),
    }


def _ranking_rows(figures: Figures) -> Iterator[Row]:
    yield _ranking_row(gettext("This portal"), figures)
    for name, held in figures["parts"].items():
        yield _ranking_row(str(_PARTS.get(name, name)), held)
    for name, held in figures["controls"].items():
        yield _ranking_row(str(_CONTROLS.get(name, name)), held)


def _ranking_row(name: str, held: Figures) -> Row:
    return {"name": name, **{measure: f"{held[measure]:.3f}" for measure in _MEASURES}}


def _explained(figures: Figures) -> Iterator[Row]:
    if not figures:
        return
    yield _explained_row(gettext("All"), figures)
    for name, held in figures["languages"].items():
        yield _explained_row(str(_LANGUAGES.get(name, name)), held)


def _explained_row(name: str, held: Figures) -> Row:
    return {
        "name": name,
        "matches": number(held["matches"]),
        "comprehensive": share(held["comprehensive"]),
        "quoted": share(held["quoted_median"]),
        "sufficient": share(held["sufficient"]),
    }


def too_few(cases: int) -> str:
    """Why there is no figure."""
    return ngettext(
        "%(num)s verdict so far; a figure appears from %(least)s on",
        "%(num)s verdicts so far; a figure appears from %(least)s on",
        cases,
        least=MINIMUM,
    )


def share(value: float | None) -> str:
    """A share in [0, 1] as a percentage with one decimal where that says something."""
    return "" if value is None else f"{value * 100:.3g} %"


def interval(held: Figures) -> str:
    """The bounds of a figure's 95 % interval, a dash where it has none."""
    return "—" if held["low"] is None else f"{share(held['low'])} – {share(held['high'])}"


def duration(seconds: float) -> str:
    """A time in the largest unit that it fills."""
    if seconds >= _DAY:
        return gettext("%(figure)s days", figure=number(round(seconds / _DAY, 1)))
    if seconds >= _HOUR:
        return gettext("%(figure)s hours", figure=number(round(seconds / _HOUR, 1)))
    if seconds >= _MINUTE:
        return gettext("%(figure)s minutes", figure=number(round(seconds / _MINUTE, 1)))
    return gettext("%(figure)s seconds", figure=number(round(seconds, 1)))
