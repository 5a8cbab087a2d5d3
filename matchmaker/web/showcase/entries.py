"""The public page of an entry, and its files."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.models import Achievement, Entry
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import Texts, cards_of, texts_of
from matchmaker.web.labels import label
from matchmaker.web.language import current_language
from matchmaker.web.showcase import details, showcase
from matchmaker.web.showcase.structured import breadcrumbs, describe_entry

_SIMILAR = 4


@showcase.get("/entries/<code>")
@requires(Permission.VIEW_ENTRY)
def entry(code: str) -> str | Response:
    """All of an entry but its contact, which only an introduction discloses."""
    actor = current_actor()
    found = services().reading.get(actor, code)
    if found.code != code:
        return redirect(url_for("showcase.entry", code=found.code), 301)
    texts = texts_of(found)
    return render_template(
        "showcase/entry.html",
        entry=found,
        texts=texts,
        public=found.status is EntryState.PUBLISHED and found.visibility == "public",
        state_notice=details.notice_of_state(found),
        figures=details.key_figures(found),
        facts=details.facts(found),
        organisation=details.organisation_line(found),
        criterion=_criterion(found),
        milestones=details.milestone_rows(found),
        ties=details.ties(services().reading.linked(actor, found.id)),
        attachments=services().reading.attachments(found.id),
        similar=cards_of(services().search.similar(actor, found, _SIMILAR)),
        steps=details.next_steps(actor, found, texts.title),
        owned=found.organisation_id in actor.organisations,
        **_way(found, texts),
    )


@showcase.get("/entries/<code>/files/<int:number>")
@requires(Permission.VIEW_ENTRY)
def attachment(code: str, number: int) -> Response:
    """A file of an entry, to be kept and never shown inside the portal's own address."""
    download = services().attachments.open(current_actor(), code, number)
    answer = send_file(
        download.content,
        mimetype=download.attachment.media_type,
        as_attachment=True,
        download_name=download.attachment.filename,
        etag=False,
    )
    answer.content_length = download.attachment.size
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _criterion(found: Entry) -> str:
    """What the readiness level reached demands, in the reader's language."""
    if not isinstance(found, Achievement) or found.trl is None:
        return ""
    term = services().taxonomies.scheme("trl").get(str(found.trl))
    if term is None:
        return ""
    language = current_language()
    criterion = term.details.get(f"criteria_{language}") or term.details.get("criteria_zh", "")
    return f"{term.name(language)} · {criterion}"


def _way(found: Entry, texts: Texts) -> Mapping[str, object]:
    """The breadcrumb, and what search engines are told of a page and the way to it."""
    taxonomies, language = services().taxonomies, current_language()
    way = [
        (gettext("Home"), url_for("showcase.home")),
        (label(found.kind, "entry_kinds"), url_for("showcase.search", kind=found.kind)),
    ]
    if found.fields:
        root = taxonomies.path("fields", found.fields[0])[-1]
        address = url_for("showcase.search", kind=found.kind, field=root)
        way.append((taxonomies.name("fields", root, language), address))
    names = [taxonomies.name("fields", code, language) for code in found.fields]
    return {
        "way": [*way, (found.code, "")],
        "descriptions": [
            describe_entry(found, texts, names),
            breadcrumbs([*way, (texts.title, request.path)]),
        ],
    }
