"""Makes a change of what is shown searchable: a new index version and the jobs that follow it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.domain.policy import SHOWN_STATES
from matchmaker.domain.work import JobKind
from matchmaker.models import Entry, Match
from matchmaker.services.jobs import enqueue


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

    def organisation_changed(self, session: Session, organisation_id: int) -> None:
        """Queue all shown entries of an organisation whose name or place changed."""
        shown = select(Entry).where(
            Entry.organisation_id == organisation_id, Entry.status.in_(SHOWN_STATES)
        )
        for entry in session.scalars(shown):
            self.changed(session, entry)

    def _withdraw_matches(self, session: Session, entry: Entry) -> None:
        """Matches nobody has acted on end with the entry."""
        session.execute(
            update(Match)
            .where(
                (Match.demand_id == entry.id) | (Match.other_id == entry.id),
                Match.state.in_([MatchState.SUGGESTED, MatchState.SNOOZED]),
            )
            .values(state=MatchState.WITHDRAWN, version=Match.version + 1)
            .execution_options(synchronize_session=False)
        )
