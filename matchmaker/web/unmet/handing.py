"""Handing a cluster of unmet demands to a university or institute."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.policy import Permission
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import card_of
from matchmaker.web.paging import row_number
from matchmaker.web.unmet import unmet


@unmet.get("/clusters/<int:number>/hand")
@requires(Permission.REVIEW)
def ask_hand(number: int) -> str:
    """Choose who gets a cluster."""
    clusters = services().unmet.seen_by(current_actor()).clusters
    cluster = next((held for held in clusters if held.number == number), None)
    if cluster is None:
        raise NotFoundError("no_cluster", cluster=number)
    return render_template(
        "unmet/hand.html",
        cluster=cluster,
        cards=[card_of(row.entry) for row in cluster.rows],
        receivers=[(held.id, held.name) for held in services().unmet.receivers()],
    )


@unmet.post("/clusters/<int:number>/hand")
@requires(Permission.REVIEW)
def hand(number: int) -> Response:
    """Send the notice."""
    chosen = request.form.get("organisation", type=row_number) or 0
    receiver = services().unmet.hand(current_actor(), number, chosen)
    flash(gettext("The members of %(name)s were told.", name=receiver.name), "success")
    return redirect(url_for("unmet.overview", cluster=number), 303)
