"""Where an entry stands and what is next, in words for its owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from matchmaker.domain.lifecycles import ENTRY, EntryState
from matchmaker.web.labels import label

_S = EntryState

_NEXT: Mapping[EntryState, LazyString] = {
    _S.DRAFT: _("Only your organisation sees it. Complete it and submit it for screening."),
    _S.SUBMITTED: _(
        "A broker screens it; you are told as soon as that is done. Until then you can take it "
        "back to change it."
    ),
    _S.RETURNED: _("It came back with remarks. Mend the fields named below and submit it again."),
    _S.REJECTED: _("It was not accepted, for the reason below. A copy of it can be a new start."),
    _S.PUBLISHED: _(
        "It is found and matched. Confirm it when you are asked, and conclude it once the matter "
        "is settled."
    ),
    _S.EXPIRED: _("It has run out and is not shown. Confirm that it still holds to show it again."),
    _S.WITHDRAWN: _("It is not shown. Make it a draft again to change and submit it."),
    _S.CONCLUDED: _("The matter is settled. It stays to be read and is matched no more."),
}
#: The way ahead from each state: the states of the stepper.
_WAY = (_S.DRAFT, _S.SUBMITTED, _S.PUBLISHED, _S.CONCLUDED)
_OFF_THE_WAY: Mapping[EntryState, tuple[tuple[EntryState, ...], str]] = {
    _S.RETURNED: ((_S.DRAFT, _S.RETURNED, _S.PUBLISHED, _S.CONCLUDED), "amber"),
    _S.REJECTED: ((_S.DRAFT, _S.SUBMITTED, _S.REJECTED), "red"),
    _S.EXPIRED: ((_S.DRAFT, _S.SUBMITTED, _S.PUBLISHED, _S.EXPIRED), "amber"),
    _S.WITHDRAWN: ((_S.DRAFT, _S.SUBMITTED, _S.PUBLISHED, _S.WITHDRAWN), "amber"),
}
_EDITABLE = (_S.DRAFT, _S.RETURNED, _S.PUBLISHED, _S.EXPIRED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry stands.

    Attributes:
        steps: (state, name) of the way, for the stepper.
        current: the state it is in.
        tone: "" on the way, "amber" or "red" off it.
        next: what is next, in one sentence.
        actions: the steps open to its organisation, and "edit".
    """

    steps: tuple[tuple[str, str], ...]
    current: str
    tone: str
    next: str
    actions: frozenset[str]


def standing_of(state: EntryState) -> Standing:
    """Where an entry in this state stands."""
    way, tone = _OFF_THE_WAY.get(state, (_WAY, ""))
    actions = {*ENTRY.actions(state)}
    if state in _EDITABLE:
        actions.add("edit")
    if state is _S.PUBLISHED:
        actions.add("confirm")
    steps = tuple((str(step), label(step, "entry_status")) for step in way)
    return Standing(steps, str(state), tone, str(_NEXT[state]), frozenset(actions))
