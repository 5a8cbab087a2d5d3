"""The queue of matches, and the page of one pair with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from matchmaker.domain.calendar import today
from matchmaker.domain.errors import ConflictError, InvalidInputError, StaleVersionError
from matchmaker.domain.lifecycles import MatchState
from matchmaker.domain.policy import Permission
from matchmaker.models import Match, Verdict
from matchmaker.services.questions import askable
from matchmaker.services.review_queue import Place, QueueFilter
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import texts_of
from matchmaker.web.desk import desk
from matchmaker.web.desk.pair import pair_view
from matchmaker.web.desk.queue import (
    choices,
    chosen,
    filter_from_request,
    items,
    parameters,
    view_links,
)
from matchmaker.web.labels import label
from matchmaker.web.language import current_language
from matchmaker.web.paging import Page
from matchmaker.web.problems import explanation, sentences_by_field

#: Matches listed beside the pair, and how many of them come before it.
_BESIDE, _BEFORE = 30, 4
#: What became of a match → the word for it.
_STATE_OF_DECISION = {
    "approve": MatchState.APPROVED,
    "reject": MatchState.REJECTED,
    "snooze": MatchState.SNOOZED,
}


@desk.get("")
@requires(Permission.REVIEW)
def queue() -> str:
    """The queue as a list, with filters."""
    wanted, page = filter_from_request(), Page.asked()
    matches, total = services().review.queue(current_actor(), wanted, page.offset, page.per_page)
    return render_template(
        "desk/queue.html",
        items=items(matches, wanted),
        wanted=wanted,
        choices=choices(),
        chosen=chosen(wanted),
        tabs=view_links(current_actor(), wanted),
        page=page.of(total),
        last=last_verdict(),
        parameters=parameters(wanted),
    )


@desk.get("/matches/<int:number>")
@requires(Permission.REVIEW)
def match(number: int) -> str:
    """One pair side by side with its evidence, the queue beside it."""
    return match_page(number)


def match_page(
    number: int,
    *,
    conflict: ConflictError | None = None,
    refused: InvalidInputError | None = None,
    opened: str = "",
) -> str:
    """The page of a pair.

    Args:
        number: the match.
        conflict: why a verdict was not taken, when somebody else was first.
        refused: what is wrong with the form that was sent.
        opened: the dialog that holds that form.
    """
    review, actor, wanted = services().review, current_actor(), filter_from_request()
    found = review.get(number, current_actor())
    place = review.place(actor, wanted, number)
    beside, _ = review.queue(actor, wanted, max(0, (place.index or 0) - _BEFORE), _BESIDE)
    names, reasons = review.names(_people_of(found)), reason_names()
    return render_template(
        "desk/match.html",
        match=found,
        pair=pair_view(found, services().questions.about(found.other)),
        askable=askable(found),
        verdicts=[verdict_words(held, names, reasons) for held in reversed(found.verdicts)],
        assignee=names.get(found.assignee_id or 0, ""),
        brokers=review.brokers(),
        reasons=list(reasons.items()),
        items=items(beside, wanted),
        tabs=view_links(actor, wanted),
        filters=chosen(wanted),
        parameters=parameters(wanted),
        place=place,
        **_neighbours(place, wanted),
        last=last_verdict(),
        introduced_at=_introduced_at(found),
        snooze_days=_snooze_days(),
        conflict=_what_happened(found, conflict, names, reasons) if conflict else "",
        problems=sentences_by_field(refused.problems) if refused else {},
        opened=opened,
        typed=request.form if refused else {},
    )


def match_url(number: int | None, wanted: QueueFilter) -> str:
    """The address of a match within a queue; of the queue itself where there is none."""
    if number is None:
        return url_for("desk.queue", **parameters(wanted))
    return url_for("desk.match", number=number, **parameters(wanted))


def last_verdict() -> dict[str, Any] | None:
    """What the person decided last, while it can be taken back."""
    verdict = services().review.undoable(current_actor())
    if verdict is None:
        return None
    return {
        "match": verdict.match_id,
        "decision": _decision(verdict),
        "title": texts_of(verdict.match.demand).title,
    }


def reason_names() -> dict[str, str]:
    """The reasons for rejecting a match, by code."""
    terms = services().taxonomies.reasons["match_reject"].values()
    return {term.code: term.name(current_language()) for term in terms}


def verdict_words(
    verdict: Verdict, names: Mapping[int, str], reasons: Mapping[str, str]
) -> dict[str, Any]:
    """One verdict in words: who, what, why, when, and whether it was taken back."""
    return {
        "who": names.get(verdict.broker_id, ""),
        "decision": _decision(verdict),
        "reason": reasons.get(verdict.reason, verdict.reason),
        # A snooze keeps its day as the note.
        "note": verdict.note,
        "when": verdict.given_at,
        "undone": verdict.undone_at is not None,
    }


def _decision(verdict: Verdict) -> str:
    return label(_STATE_OF_DECISION.get(verdict.decision, verdict.decision), "match_state")


def _what_happened(
    found: Match,
    conflict: ConflictError,
    names: Mapping[int, str],
    reasons: Mapping[str, str],
) -> str:
    """Say who was first and what they decided; what stands now is on the page."""
    standing = [held for held in found.verdicts if held.undone_at is None]
    own = current_actor().person_id
    if found.state is not MatchState.SUGGESTED and standing and standing[-1].broker_id != own:
        said = verdict_words(standing[-1], names, reasons)
        why = f" · {said['reason']}" if said["reason"] else ""
        return gettext(
            "%(who)s was first: %(verdict)s. Your verdict was not kept; this is how it stands now.",
            who=said["who"],
            verdict=said["decision"] + why,
        )
    if isinstance(conflict, StaleVersionError) and found.state is MatchState.SUGGESTED:
        return gettext("The match changed while you read it; please look at it once more.")
    return explanation(conflict)


def _people_of(found: Match) -> list[int]:
    people = [verdict.broker_id for verdict in found.verdicts]
    return [*people, found.assignee_id] if found.assignee_id else people


def _neighbours(place: Place, wanted: QueueFilter) -> dict[str, str]:
    return {
        "previous_url": match_url(place.previous, wanted) if place.previous else "",
        "next_url": match_url(place.following, wanted) if place.following else "",
    }


def _introduced_at(found: Match) -> datetime | None:
    """When the sides of an approved match are introduced, unless it is taken back."""
    if found.state is not MatchState.APPROVED or not found.verdicts:
        return None
    wait = timedelta(seconds=services().settings.undo_seconds)
    return found.verdicts[-1].given_at + wait


def _snooze_days() -> list[tuple[str, str]]:
    start = today()
    return [
        ((start + timedelta(days=7)).isoformat(), gettext("in a week")),
        ((start + timedelta(days=30)).isoformat(), gettext("in a month")),
        ((start + timedelta(days=90)).isoformat(), gettext("in three months")),
    ]
