"""Ties between entries: an achievement and its project, its inventors, a project's leader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.codes import parse_code
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.kinds import EntryKind, LinkRelation
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.labels import label
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.editing import own_entry

#: Kind → relation → the kind it points to.
RELATIONS: Mapping[EntryKind, Mapping[LinkRelation, EntryKind]] = {
    EntryKind.ACHIEVEMENT: {
        LinkRelation.OUTCOME_OF: EntryKind.PROJECT,
        LinkRelation.INVENTED_BY: EntryKind.EXPERT,
    },
    EntryKind.PROJECT: {LinkRelation.LED_BY: EntryKind.EXPERT},
    EntryKind.DEMAND: {},
    EntryKind.EXPERT: {},
}
_MOST = 20
_BETWEEN = re.compile(r"[\s,，、;；]+")


@workspace.get("/entries/<code>/links")
@requires(Permission.KEEP_ENTRY)
def links(code: str) -> str:
    """The form."""
    entry = own_entry(code)
    held = _held(entry)
    return _page(entry, {relation: "\n".join(codes) for relation, codes in held.items()}, {})


@workspace.post("/entries/<code>/links")
@requires(Permission.KEEP_ENTRY)
def set_links(code: str) -> Response | tuple[str, int]:
    """Tie the entry to those whose codes were typed, and to no others."""
    entry = own_entry(code)
    typed = {relation: request.form.get(relation, "") for relation in RELATIONS[entry.kind]}
    wanted = {relation: _codes(text) for relation, text in typed.items()}
    errors = {
        relation: problems
        for relation, codes in wanted.items()
        if (problems := _problems(codes, RELATIONS[entry.kind][relation], entry))
    }
    if errors:
        return _page(entry, typed, errors), 422
    _store(entry, wanted)
    flash(_("The links are saved."), "success")
    return redirect(url_for("workspace.entry", code=entry.code), 303)


def _store(entry: Entry, wanted: Mapping[LinkRelation, list[str]]) -> None:
    held = _held(entry)
    for relation, codes in wanted.items():
        if sorted(codes) != sorted(held.get(relation, [])):
            services().editing.link(current_actor(), entry.code, relation, codes)


def _held(entry: Entry) -> dict[LinkRelation, list[str]]:
    found: dict[LinkRelation, list[str]] = {}
    for link in services().reading.linked(current_actor(), entry.id):
        if link.outgoing:
            found.setdefault(link.relation, []).append(link.entry.code)
    return found


def _codes(text: str) -> list[str]:
    """The codes typed, each once, written as they are kept where they are codes at all."""
    pieces = [piece for piece in _BETWEEN.split(text.strip()) if piece]
    return list(dict.fromkeys(str(parse_code(piece) or piece) for piece in pieces))


def _problems(codes: Sequence[str], kind: EntryKind, entry: Entry) -> list[str]:
    if len(codes) > _MOST:
        return [_("At most %(most)s; there are %(is)s.", **{"most": _MOST, "is": len(codes)})]
    return [text for code in codes if (text := _problem(code, kind, entry))]


def _problem(code: str, kind: EntryKind, entry: Entry) -> str:
    parsed = parse_code(code)
    if parsed is None:
        return _(
            "“%(code)s” is no code; codes look like %(example)s.",
            code=code[:40],
            example=f"{kind.prefix}-2026-000123",
        )
    if parsed.kind is not kind:
        return _(
            "%(code)s is of another kind: %(kind)s.",
            code=code,
            kind=label(parsed.kind, "entry_kind"),
        )
    try:
        services().reading.get(current_actor(), code)
    except NotFoundError:
        return _("%(code)s: there is no such entry, or it is not open to you.", code=code)
    return _("An entry can't be tied to itself.") if code == entry.code else ""


def _page(
    entry: Entry, typed: Mapping[LinkRelation, str], errors: Mapping[LinkRelation, list[str]]
) -> str:
    fields = [
        {
            "name": str(relation),
            "label": label(relation, "relation"),
            "type": "lines",
            "rows": 3,
            "value": typed.get(relation, ""),
            "help": _(
                "Public codes of entries of this kind: %(kind)s.", kind=label(kind, "entry_kind")
            ),
            "example": f"{kind.prefix}-2026-000123",
            "errors": errors.get(relation, ()),
        }
        for relation, kind in RELATIONS[entry.kind].items()
    ]
    back = [
        link for link in services().reading.linked(current_actor(), entry.id) if not link.outgoing
    ]
    return render_template("workspace/links.html", entry=entry, fields=fields, back=back)
