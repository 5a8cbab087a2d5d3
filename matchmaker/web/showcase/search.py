"""The search page: one box over four databases, and the list of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from matchmaker.domain.codes import parse_code
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.policy import Permission
from matchmaker.services.searching import SearchPage
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import Card, card_of, cards_of, texts_of
from matchmaker.web.frame import Link
from matchmaker.web.labels import label
from matchmaker.web.language import current_language
from matchmaker.web.paging import Page
from matchmaker.web.showcase import showcase
from matchmaker.web.showcase.choice import PER_PAGE, Choice, read_choice
from matchmaker.web.showcase.facets import FacetBuilder
from matchmaker.web.showcase.highlights import Pieces, marked, snippet, with_literal

#: The databases in the order of the navigation.
KINDS = (EntryKind.ACHIEVEMENT, EntryKind.DEMAND, EntryKind.EXPERT, EntryKind.PROJECT)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in the list: its card with hits marked, and where its text has hits."""

    card: Card
    snippet: Markup


@showcase.get("/search")
@requires(Permission.OPEN)
def search() -> str | Response:
    """Everything that fits, or the whole of a database where nothing is asked."""
    choice = read_choice(request.args, services().taxonomies)
    if entry := _named_by_code(choice.text):
        return redirect(entry)
    page = services().search.find(current_actor(), choice.request(services().taxonomies))
    pages = Page(choice.page, page.total, PER_PAGE, page.more)
    if not page.found and choice.page > pages.pages:
        return redirect(pages.url_for(pages.pages))
    builder = FacetBuilder(choice, page.facets, services().taxonomies, current_language())
    return render_template(
        "showcase/search.html",
        choice=choice,
        pages=pages,
        rows=_rows(page, choice.text),
        facets=builder.facets(),
        chips=builder.chips(),
        tabs=_tabs(choice, page),
        orders=_orders(choice),
        near=cards_of(page.near),
        post_url=_post_address(choice),
        canonical_url=request.base_url + (f"?kind={choice.kind}" if choice.kind else ""),
    )


def _named_by_code(text: str) -> str:
    """The address of the entry whose code was typed, or "" where there is none to see."""
    if parse_code(text) is None:
        return ""
    try:
        return url_for("showcase.entry", code=services().reading.get(current_actor(), text).code)
    except NotFoundError:
        return ""


def _rows(page: SearchPage, question: str) -> list[Row]:
    rows = []
    for found in page.found:
        card = card_of(found.entry)
        if not question:
            rows.append(Row(card, Markup("")))
            continue
        shown = replace(
            card,
            title=marked(_pieces(card.title, question)),
            summary=marked(_pieces(card.summary, question)),
        )
        rows.append(Row(shown, snippet(_pieces(texts_of(found.entry).body, question))))
    return rows


def _pieces(text: str, question: str) -> Pieces:
    return with_literal(services().search.marks(text, question), question)


def _tabs(choice: Choice, page: SearchPage) -> list[Mapping[str, object]]:
    counts = page.facets.get("kind", {})
    known = not (page.degraded and choice.kind)
    names = {"": gettext("All")} | {str(kind): label(kind, "entry_kinds") for kind in KINDS}
    tabs: list[Mapping[str, object]] = []
    for kind, name in names.items():
        count = counts.get(kind, 0) if kind else sum(counts.values())
        active = kind == choice.kind
        tabs.append(
            {
                "label": name,
                "url": choice.of_kind(kind).url(),
                "active": active,
                "count": count if known else page.total if active else None,
            }
        )
    return tabs


def _orders(choice: Choice) -> list[Link]:
    names = {
        "relevance": gettext("Best fit"),
        "newest": gettext("Newest"),
        "deadline": gettext("Deadline"),
    }
    if not choice.text:
        del names["relevance"]
    if choice.kind not in ("", EntryKind.DEMAND):
        del names["deadline"]
    return [
        Link(name, choice.sorted_by(order).url(), order == choice.order)
        for order, name in names.items()
    ]


def _post_address(choice: Choice) -> str:
    """Where the need can be posted, with the words already typed."""
    return url_for("workspace.new", kind=EntryKind.DEMAND, title=choice.text[:120] or None)
