"""The map as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Response
from flask_babel import gettext

from matchmaker.domain.policy import Permission
from matchmaker.services.unmet import UnmetMap
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.language import current_language
from matchmaker.web.unmet import unmet
from matchmaker.web.unmet.views import Choice, choice


@unmet.get("/export.csv")
@requires(Permission.SURVEY)
def export() -> Response:
    """The demands of the map, or of the part that is asked for, as CSV in UTF-8 with its mark."""
    found = services().unmet.seen_by(current_actor())
    text = io.StringIO()
    csv.writer(text).writerows(_rows(found, choice()))
    name = "unmet-demands.csv"
    return Response(
        text.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(found: UnmetMap, chosen: Choice) -> Iterator[list[str]]:
    terms = {cluster.number: "、".join(cluster.terms) for cluster in found.clusters}
    name, language = services().taxonomies.name, current_language()
    yield [
        gettext("Public code"),
        gettext("Title"),
        gettext("Technology field"),
        gettext("Month"),
        gettext("Cluster"),
        gettext("Telling terms"),
    ]
    for row in found.rows:
        if chosen.holds(row):
            fields = "、".join(name("fields", code, language) for code in row.entry.fields)
            cells = [row.entry.title, fields, row.month, str(row.cluster), terms[row.cluster]]
            yield [row.entry.code, *map(_harmless, cells)]


def _harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
