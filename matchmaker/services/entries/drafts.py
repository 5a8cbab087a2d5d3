"""Keeps what was typed into a form until it is sent, also when the session ran out meanwhile."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import ForbiddenError, TooLargeError
from matchmaker.models import FormDraft
from matchmaker.models.database import Database

_MOST_BYTES = 256 * 1024
_MOST_STASHED = 2000
_STASHED_FOR = timedelta(hours=24)


class FormDrafts:
    """Saved forms, one a person and form; `form` is such as "new:demand" or "edit:XQ-2026-000001".

    Args:
        database: where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, actor: Actor, form: str, values: Mapping[str, Any], base_version: int
    ) -> FormDraft:
        """Keep a form as it is typed, in place of what was kept before.

        Raises:
            ForbiddenError: nobody is signed in.
            TooLargeError: it is larger than a form can be.
        """
        if actor.person_id is None:
            raise ForbiddenError("sign_in_needed")
        _check_size(values)
        with self._database.write() as session:
            draft = self._held(session, actor.person_id, form)
            if draft is None:
                draft = FormDraft(person_id=actor.person_id, form=form[:64])
                session.add(draft)
            draft.values, draft.base_version, draft.saved_at = dict(values), base_version, now()
        return draft

    def held(self, actor: Actor, form: str) -> FormDraft | None:
        """What the person typed into this form and did not send."""
        if actor.person_id is None:
            return None
        with self._database.read() as session:
            return self._held(session, actor.person_id, form)

    def discard(self, actor: Actor, form: str) -> None:
        """Forget what was typed, because it was sent or thrown away."""
        with self._database.write() as session:
            session.execute(
                delete(FormDraft).where(
                    FormDraft.person_id == actor.person_id, FormDraft.form == form
                )
            )

    def stash(self, form: str, values: Mapping[str, Any], base_version: int) -> str:
        """Keep a form that came without a session.

        Returns:
            The token that brings it back after signing in.

        Raises:
            TooLargeError: it is too large, or too many forms wait already.
        """
        _check_size(values)
        token = secrets.token_urlsafe(24)
        with self._database.write() as session:
            session.execute(
                delete(FormDraft).where(
                    FormDraft.person_id.is_(None), FormDraft.saved_at < now() - _STASHED_FOR
                )
            )
            waiting = session.scalar(
                select(func.count(FormDraft.id)).where(FormDraft.person_id.is_(None))
            )
            if (waiting or 0) >= _MOST_STASHED:
                raise TooLargeError("too_many_forms")
            session.add(
                FormDraft(
                    token_hash=_hash(token),
                    form=form[:64],
                    values=dict(values),
                    base_version=base_version,
                    saved_at=now(),
                )
            )
        return token

    def unstash(self, actor: Actor, token: str) -> str | None:
        """Give a stashed form to the person who has signed in now.

        Returns:
            The form's name, or None where the token brings nothing back.
        """
        if actor.person_id is None:
            return None
        with self._database.write() as session:
            stashed = session.scalar(
                select(FormDraft).where(
                    FormDraft.token_hash == _hash(token), FormDraft.person_id.is_(None)
                )
            )
            if stashed is None:
                return None
            older = self._held(session, actor.person_id, stashed.form)
            if older is not None:
                session.delete(older)
                session.flush()
            stashed.person_id, stashed.token_hash = actor.person_id, None
            return stashed.form

    @staticmethod
    def _held(session: Session, person_id: int, form: str) -> FormDraft | None:
        return session.scalar(
            select(FormDraft).where(FormDraft.person_id == person_id, FormDraft.form == form)
        )


def _check_size(values: Mapping[str, Any]) -> None:
    if len(json.dumps(values, ensure_ascii=False).encode()) > _MOST_BYTES:
        raise TooLargeError("form_too_large", most_kb=_MOST_BYTES // 1024)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
