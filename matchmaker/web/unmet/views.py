"""The map: fields by months, clusters, and the demands behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for

from matchmaker.domain.calendar import today
from matchmaker.domain.policy import Permission
from matchmaker.services.unmet import Cluster, UnmetMap, UnmetRow
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import Card, card_of
from matchmaker.web.language import current_language
from matchmaker.web.unmet import unmet

_MONTHS = 12
_DEEPEST = 4  # a number of demands below which no cell is drawn in the deepest tone


@dataclass(frozen=True, slots=True)
class Choice:
    """Which part of the map is asked for; "" and None ask for all."""

    field: str = ""
    month: str = ""
    cluster: int | None = None

    def holds(self, row: UnmetRow) -> bool:
        """Whether a demand lies in that part."""
        return (
            (not self.field or self.field in row.fields)
            and (not self.month or self.month == row.month)
            and (self.cluster is None or self.cluster == row.cluster)
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A number at a field and a month; `share` of the greatest, in [0, 1], draws its bar."""

    count: int
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One technology field with its cells by month, oldest first."""

    name: str
    total: int
    share: float
    url: str
    cells: tuple[Cell, ...]


@unmet.get("/")
@requires(Permission.SURVEY)
def overview() -> str:
    """The whole map, or the demands of a field, a month or a cluster."""
    found, chosen = services().unmet.seen_by(current_actor()), choice()
    months = _months(today())
    picked = [row for row in found.rows if chosen.holds(row)]
    return render_template(
        "unmet/overview.html",
        found=found,
        months=months,
        fields=_field_rows(found, months),
        clusters=found.clusters,
        chosen=chosen,
        part=_part(chosen, found.clusters),
        demands=[(row, _card(row)) for row in picked],
        export_url=url_for(
            "unmet.export",
            field=chosen.field or None,
            month=chosen.month or None,
            cluster=chosen.cluster,
        ),
    )


def choice() -> Choice:
    """What the address asks for."""
    cluster = request.args.get("cluster", "")
    return Choice(
        request.args.get("field", ""),
        request.args.get("month", ""),
        int(cluster) if cluster.isdecimal() and len(cluster) < 6 else None,
    )


def _card(row: UnmetRow) -> Card:
    return card_of(row.entry)


def _part(chosen: Choice, clusters: Sequence[Cluster]) -> str:
    """What was picked, in words; "" for all."""
    names = [_field_name(chosen.field)] if chosen.field else []
    names += [chosen.month] if chosen.month else []
    told = next((held.terms for held in clusters if held.number == chosen.cluster), ())
    return " · ".join([*names, *([" · ".join(told)] if told else [])])


def _field_name(code: str) -> str:
    return services().taxonomies.name("fields", code, current_language())


def _field_rows(found: UnmetMap, months: Sequence[str]) -> list[FieldRow]:
    cells = found.cells()
    totals: dict[str, int] = {}
    for row in found.rows:
        for field in row.fields:
            totals[field] = totals.get(field, 0) + 1
    most = max([_DEEPEST, *cells.values()])
    return [
        FieldRow(
            name=_field_name(field),
            total=total,
            share=total / max(totals.values()),
            url=url_for("unmet.overview", field=field, _anchor="demands"),
            cells=tuple(
                Cell(
                    cells.get((field, month), 0),
                    cells.get((field, month), 0) / most,
                    url_for("unmet.overview", field=field, month=month, _anchor="demands"),
                )
                for month in months
            ),
        )
        for field, total in sorted(totals.items(), key=lambda held: (-held[1], held[0]))
    ]


def _months(day: date) -> list[str]:
    """The last months as YYYY-MM, this one last."""
    number = day.year * 12 + day.month - 1
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(number - _MONTHS + 1, number + 1)]
