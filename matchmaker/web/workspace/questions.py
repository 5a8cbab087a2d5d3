"""Questions of brokers about one's own entries, and one's answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import ConflictError, InvalidInputError
from matchmaker.domain.lifecycles import QuestionState
from matchmaker.domain.policy import Permission
from matchmaker.services.questions import LONGEST
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import texts_of
from matchmaker.web.paging import Page
from matchmaker.web.problems import explanation, sentences_by_field
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.specs import Errors

_PER_PAGE = 20


@workspace.get("/questions")
@requires(Permission.POST)
def questions() -> str:
    """All of them, those without an answer first."""
    page = Page.asked(_PER_PAGE)
    actor = current_actor()
    rows, total = services().questions.of_organisations(actor, page.offset, page.per_page)
    return render_template(
        "workspace/questions.html",
        rows=[(row, texts_of(row.entry)) for row in rows],
        page=page.of(total),
    )


@workspace.get("/questions/<int:number>")
@requires(Permission.KEEP_ENTRY)
def question(number: int) -> str:
    """What is asked, about which entry, and the answer if there is one."""
    return _page(number, {})


@workspace.post("/questions/<int:number>")
@requires(Permission.KEEP_ENTRY)
def reply(number: int) -> Response | tuple[str, int]:
    """Answer, or say that one can't."""
    form = request.form
    try:
        services().questions.answer(
            current_actor(),
            number,
            form.get("version", 0, type=int),
            form.get("answer", ""),
            unable=form.get("unable") == "yes",
        )
    except InvalidInputError as error:
        return _page(number, sentences_by_field(error.problems)), 422
    except ConflictError as error:
        flash(explanation(error), "warning")
        return redirect(url_for("workspace.question", number=number), 303)
    flash(_("Thank you; the entry is matched anew with your answer."), "success")
    return redirect(url_for("workspace.questions"), 303)


def _page(number: int, errors: Errors) -> str:
    found = services().questions.get(current_actor(), number)
    typed = request.form.get("answer", found.answer)
    return render_template(
        "workspace/question.html",
        question=found,
        entry=found.entry,
        texts=texts_of(found.entry),
        waits=found.state is QuestionState.OPEN,
        field={
            "name": "answer",
            "label": _("Your answer"),
            "type": "textarea",
            "rows": 2,
            "maxlength": LONGEST,
            "value": typed,
            "required": True,
            "help": _("A figure with its unit says most, with the conditions it holds under."),
            "errors": errors.get("answer", ()),
        },
    )
