"""The weights of matching: versions, compared side by side, made live and rolled back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.learning import WeightState
from matchmaker.domain.policy import Permission
from matchmaker.services.weighing import Standing, usable_versions
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.admin import admin
from matchmaker.web.labels import LABELS, label

_LEVELS = ("strong", "fair", "weak")


@dataclass(frozen=True, slots=True)
class Line:
    """One number of two versions: its group, its name, both values, whether they differ."""

    group: str
    name: str
    left: float | None
    right: float | None

    @property
    def differs(self) -> bool:
        """Whether the two versions say something else."""
        return self.left != self.right


@admin.get("/weights")
@requires(Permission.ADMINISTER)
def weights() -> str:
    """All versions, and two of them side by side: the live one and the newest unless asked."""
    held = services().weighing.versions()
    left, right = _chosen(held)
    people = [standing.row.decided_by_id for standing in held if standing.row.decided_by_id]
    return render_template(
        "admin/weights.html",
        rows=[standing.row for standing in held],
        names=services().review.names(people),
        usable=usable_versions(held),
        can_roll_back=_before_live(held) is not None,
        left=left.row,
        right=right.row,
        lines=list(_lines(left.row.weights, right.row.weights)),
        options=[(standing.row.version, standing.row.version) for standing in held],
        minimum=services().settings.learning_minimum,
        judged=len(services().learning.judged()),
    )


@admin.get("/weights/<version>/activate")
@requires(Permission.ADMINISTER)
def ask_activate(version: str) -> str:
    """Ask before a version is made live."""
    if version not in usable_versions(services().weighing.versions()):
        raise NotFoundError("no_weights", version=version)
    return render_template("admin/weights_activate.html", version=version)


@admin.post("/weights/<version>/activate")
@requires(Permission.ADMINISTER)
def activate_weights(version: str) -> Response:
    """Make a version live."""
    services().weighing.activate(current_actor(), version)
    flash(gettext("%(version)s is live; everything is matched again.", version=version), "success")
    return redirect(url_for("admin.weights"), 303)


@admin.get("/weights/roll-back")
@requires(Permission.ADMINISTER)
def ask_roll_back() -> str:
    """Ask before the version before the live one comes back."""
    before = _before_live(services().weighing.versions())
    if before is None:
        raise NotFoundError("nothing_to_roll_back")
    return render_template("admin/weights_roll_back.html", version=before)


@admin.post("/weights/roll-back")
@requires(Permission.ADMINISTER)
def roll_back() -> Response:
    """Bring the version back from which the live one was fitted."""
    version = services().weighing.roll_back(current_actor())
    flash(gettext("%(version)s is live again.", version=version), "success")
    return redirect(url_for("admin.weights"), 303)


@admin.post("/weights/fit")
@requires(Permission.ADMINISTER)
def fit_weights() -> Response:
    """Queue a fit now."""
    services().weighing.queue_fit()
    flash(gettext("The fit is queued; new weights appear here when it is done."), "success")
    return redirect(url_for("admin.weights"), 303)


def _chosen(held: Sequence[Standing]) -> tuple[Standing, Standing]:
    by_name = {standing.row.version: standing for standing in held}
    live = next((s for s in held if s.row.state is WeightState.LIVE), held[0])
    before = by_name.get(live.row.parent, live)
    newest = held[0] if held[0] is not live else before
    left = by_name.get(request.args.get("left", ""), before if newest is before else live)
    right = by_name.get(request.args.get("right", ""), live if newest is before else newest)
    return left, right


def _before_live(held: Sequence[Standing]) -> str | None:
    live = next((s.row for s in held if s.row.state is WeightState.LIVE), None)
    parent = live.parent if live else ""
    return parent if parent in usable_versions(held) else None


def _lines(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Line]:
    yield from _group(gettext("Texts"), "signal", left["text"], right["text"])
    for kind in {**left["fit"], **right["fit"]}:
        group = gettext("Fit: %(kind)s", kind=label(kind, "entry_kind"))
        yield from _group(group, "signal", left["fit"].get(kind, {}), right["fit"].get(kind, {}))
    yield from _group(
        gettext("Score from which"), "level", left["levels"], right["levels"], _LEVELS
    )
    names = {"middle": gettext("even chance at"), "width": gettext("width of the curve")}
    for code, name in names.items():
        values = left["probability"].get(code), right["probability"].get(code)
        yield Line(gettext("Probability of fair"), name, *values)


def _group(
    group: str,
    vocabulary: str,
    left: Mapping[str, float],
    right: Mapping[str, float],
    order: Sequence[str] = (),
) -> Iterator[Line]:
    for code in order or {**left, **right}:
        name = label(code, vocabulary) if code in LABELS[vocabulary] else code
        yield Line(group, name, left.get(code), right.get(code))
