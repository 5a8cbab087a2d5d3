"""Makes a change of what is shown searchable: a new index version and the jobs that follow it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.calendar import now
from matchmaker.domain.lifecycles import MATCH, EntryState, MatchState
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry, Match
from matchmaker.services.jobs import enqueue
from matchmaker.services.recording import record


class Publishing:
    """Follows an entry into and out of the index, inside the deed's own transaction."""

    def changed(self, session: Session, entry: Entry) -> None:
        """Queue what must follow a change of an entry's search document.

        A shown entry is embedded, then indexed, then matched, each step queued by the one
        before it; any other is taken out of the index.
        """
        entry.index_version += 1
        shown = entry.status in SHOWN_STATES
        enqueue(session, JobKind.EMBED if shown else JobKind.INDEX, entry.code)
        if entry.status is not EntryState.PUBLISHED:
            self._withdraw_matches(session, entry)

    def _withdraw_matches(self, session: Session, entry: Entry) -> None:
        """Matches that wait for a verdict end with the entry."""
        waiting = select(Match).where(
            (Match.demand_id == entry.id) | (Match.other_id == entry.id),
            Match.state.in_([MatchState.SUGGESTED, MatchState.SNOOZED]),
        )
        for match in session.scalars(waiting):
            withdraw_match(session, match, "entry_gone")


def withdraw_match(session: Session, match: Match, reason: str) -> None:
    """End a match that no longer holds, and write it into the history.

    Args:
        session: the unit of work.
        match: suggested or snoozed.
        reason: "entry_gone", "no_longer_fits" or "better_ones".
    """
    before = match.state
    match.state = MATCH.after(before, "withdraw")
    match.snoozed_until, match.updated_at = None, now()
    changes = {"state": (str(before), str(match.state))}
    record(session, SYSTEM, match, "withdraw", changes=changes, reason=reason)
