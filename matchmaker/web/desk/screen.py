"""Screening of one entry: its fields in groups, a remark to each, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from matchmaker.domain.errors import ConflictError, InvalidInputError
from matchmaker.domain.fields import FIELDS, FieldSpec
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.models import Entry
from matchmaker.services.screening import Remark
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import card_of
from matchmaker.web.desk import desk
from matchmaker.web.labels import label
from matchmaker.web.problems import explanation, sentences_by_field
from matchmaker.web.values import field_label, shown_fields
from matchmaker.web.workspace.remarks import reason_options, remarks_of

_NEAR = 4
_ACROSS = 100


@dataclass(frozen=True, slots=True)
class ScreenedField:
    """A field with its value in words and what was remarked on it before."""

    name: str
    label: str
    text: str
    items: tuple[str, ...]
    before: str


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that stand together in the poster's form; `empty` were left open."""

    label: str
    filled: list[ScreenedField]
    empty: list[ScreenedField]


@desk.get("/screening/<code>")
@requires(Permission.SCREEN)
def screen(code: str) -> str:
    """One submitted entry, field by field."""
    return _page(code)


@desk.post("/screening/<code>")
@requires(Permission.SCREEN)
def judge(code: str) -> Response | tuple[str, int]:
    """Publish, return or reject a submitted entry; the next one follows at once."""
    decision, following = request.form.get("decision", ""), _neighbours(code)[1]
    try:
        said = _decide(code, decision)
    except ConflictError as error:
        if services().reading.get(current_actor(), code).status is not EntryState.SUBMITTED:
            flash(gettext("%(code)s was screened by a colleague meanwhile.", code=code), "warning")
            return redirect(url_for("desk.screening"), 303)
        return _page(code, conflict=explanation(error)), 409
    except InvalidInputError as error:
        return _page(code, refused=error, opened="refuse" if decision == "reject" else ""), 422
    flash(said, "success")
    return redirect(following or url_for("desk.screening"), 303)


def _decide(code: str, decision: str) -> str:
    """Take the decision that the form asks for and return what to say of it."""
    desk_work, actor, form = services().screening, current_actor(), request.form
    version = form.get("version", 0, type=int)
    if decision == "publish":
        desk_work.publish(actor, code, version)
        return gettext("%(code)s is published; matches follow in a moment.", code=code)
    if decision == "return":
        kind = services().reading.get(actor, code).kind
        desk_work.return_(actor, code, version, _remarks(kind))
        return gettext("%(code)s went back with your remarks.", code=code)
    desk_work.reject(actor, code, version, form.get("reason", ""), form.get("note", ""))
    return gettext("%(code)s was not accepted.", code=code)


def _page(
    code: str,
    *,
    conflict: str = "",
    refused: InvalidInputError | None = None,
    opened: str = "",
) -> str:
    entry = services().screening.get(current_actor(), code)
    previous_url, next_url = _neighbours(code)
    near = services().search.similar(current_actor(), entry, _NEAR)
    return render_template(
        "desk/screen.html",
        entry=entry,
        card=card_of(entry),
        whole=remarks_of(entry).get("", ""),
        sections=_sections(entry),
        attachments=services().reading.attachments(entry.id),
        near=[card_of(other) for other in near],
        return_reasons=reason_options("entry_return"),
        reject_reasons=reason_options("entry_reject"),
        previous_url=previous_url,
        next_url=next_url,
        conflict=conflict,
        problems=sentences_by_field(refused.problems) if refused else {},
        opened=opened,
        typed=request.form if refused or conflict else {},
    )


def _sections(entry: Entry) -> list[Section]:
    """All fields in the order and groups of the poster's form."""
    shown = {field.name: field for field in shown_fields(entry, contact=True)}
    before = remarks_of(entry)

    def screened(spec: FieldSpec) -> ScreenedField:
        held = shown.get(spec.name)
        text, items = (held.text, held.items) if held else ("", ())
        name = field_label(spec.name)
        return ScreenedField(spec.name, name, text, items, before.get(spec.name, ""))

    found = []
    for section, specs in groupby(FIELDS[entry.kind], key=lambda spec: spec.section):
        fields = [screened(spec) for spec in specs]
        filled = [field for field in fields if field.name in shown]
        empty = [field for field in fields if field.name not in shown]
        found.append(Section(label(section, "section"), filled, empty))
    return found


def _remarks(kind: EntryKind) -> dict[str, Remark]:
    """The remarks of the form, by field; "" is the entry as a whole."""
    form, found = request.form, {}
    for name in ("", *(spec.name for spec in FIELDS[kind])):
        reason, note = form.get(f"reason-{name}", ""), form.get(f"note-{name}", "").strip()
        if reason or note:
            # Words without a reason are a reason of their own.
            found[name] = Remark(reason or "other", note)
    return found


def _neighbours(code: str) -> tuple[str, str]:
    """The addresses of the entries before and after one that wait too; "" where there is none."""
    waiting, _ = services().screening.queue(current_actor(), 0, _ACROSS)
    codes = [entry.code for entry in waiting]
    if code not in codes:
        return "", url_for("desk.screen", code=codes[0]) if codes else ""
    at = codes.index(code)
    before = codes[at - 1] if at else ""
    after = codes[at + 1] if at + 1 < len(codes) else before
    return tuple(url_for("desk.screen", code=near) if near else "" for near in (before, after))  # type: ignore[return-value]
