"""Where nothing fits an entry yet: the nearest miss in words, and watching for a match."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidInputError
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import Permission
from matchmaker.matching.explain import SignalLine
from matchmaker.models import Entry
from matchmaker.services.watching import LEVELS, Miss
from matchmaker.web.access import current_actor, requires, services
from matchmaker.web.cards import Card, card_of
from matchmaker.web.clauses import ClauseView, clause_views
from matchmaker.web.labels import label
from matchmaker.web.problems import sentence
from matchmaker.web.wording import advice_in_words, note_in_words
from matchmaker.web.workspace import workspace
from matchmaker.web.workspace.match_lines import FACTS, Quote, quotes_told

_ADVICE = 3
_WEAK_FIT = 0.5
"""A known signal below this speaks against a pair."""


@dataclass(frozen=True, slots=True)
class MissView:
    """The nearest miss of an entry.

    Attributes:
        theirs: the entry that came nearest.
        quotes: what the two agree in.
        against: what speaks against the pair, in words.
        clauses: the demand's requirements and what became of them.
        advice: what would bring the two nearer.
    """

    theirs: Card
    quotes: tuple[Quote, ...]
    against: list[str]
    clauses: list[ClauseView]
    advice: list[str]


@dataclass(frozen=True, slots=True)
class WatchView:
    """The reader's watch: the level it waits for ("" where there is none), and the choices."""

    level: str
    choices: list[tuple[str, str]]


@workspace.post("/entries/<code>/watch")
@requires(Permission.KEEP_ENTRY)
def watch(code: str) -> Response:
    """Be told when something fits."""
    try:
        services().watching.watch(current_actor(), code, request.form.get("level", ""))
    except InvalidInputError as error:
        flash(" ".join(sentence(problem) for problem in error.problems), "warning")
    else:
        flash(_("You are told as soon as something fits."), "success")
    return _back_to(code)


@workspace.post("/entries/<code>/unwatch")
@requires(Permission.KEEP_ENTRY)
def unwatch(code: str) -> Response:
    """Be told no more."""
    services().watching.stop(current_actor(), code)
    flash(_("You are not told any more."), "success")
    return _back_to(code)


def settled(entry: Entry) -> bool:
    """Whether an entry is published and was compared as it stands now."""
    published = entry.status is EntryState.PUBLISHED
    return published and entry.matched_version >= entry.index_version


def watch_view(entry: Entry) -> WatchView | None:
    """The reader's watch of an own entry; None while it is not published."""
    if entry.status is not EntryState.PUBLISHED:
        return None
    held = services().watching.of(current_actor(), entry)
    words = {level: label(level, "level") for level in LEVELS}
    return WatchView(str(held.level) if held else "", [(str(k), v) for k, v in words.items()])


def miss_view(entry: Entry) -> MissView | None:
    """The nearest miss of an own entry, None where nothing came near or it is not open to all."""
    miss = services().watching.nearest(current_actor(), entry)
    return _view(miss) if miss else None


def _view(miss: Miss) -> MissView:
    told = miss.told
    is_demand = miss.mine.kind is EntryKind.DEMAND
    pair = (miss.mine, miss.theirs) if is_demand else (miss.theirs, miss.mine)
    return MissView(
        theirs=card_of(miss.theirs),
        quotes=quotes_told(told, *pair, mine_is_demand=is_demand),
        against=[words for line in told.signals if (words := _against(line))],
        clauses=clause_views(told),
        advice=advice_in_words(told.advice[:_ADVICE], told.level),
    )


def _against(line: SignalLine) -> str:
    """What speaks against the pair in one signal; "" where it does not, or has no words for it."""
    words = note_in_words(line)
    fit = line.signal in FACTS and line.value is not None
    weak = fit and (line.value or 0.0) < _WEAK_FIT
    return f"{label(line.signal, 'signal')}: {words}" if weak and words else ""


def _back_to(code: str) -> Response:
    return redirect(url_for("workspace.entry_matches", code=code) + "#watch", 303)
