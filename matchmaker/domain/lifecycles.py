"""The state machines; nothing else decides which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from matchmaker.domain.errors import IllegalTransitionError

State = TypeVar("State", bound=StrEnum)


class EntryState(StrEnum):
    """Where an entry stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    PUBLISHED = "published"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CONCLUDED = "concluded"


class MatchState(StrEnum):
    """Where a match stands."""

    SUGGESTED = "suggested"
    APPROVED = "approved"
    REJECTED = "rejected"
    SNOOZED = "snoozed"
    WITHDRAWN = "withdrawn"
    INTRODUCED = "introduced"


class IntroductionState(StrEnum):
    """Where an introduction stands."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"


class QuestionState(StrEnum):
    """Where a question to a supplier stands."""

    OPEN = "open"
    ANSWERED = "answered"
    UNABLE = "unable"
    WITHDRAWN = "withdrawn"


class DealState(StrEnum):
    """The steps from contact to effect."""

    CONTACT = "contact"
    NEGOTIATION = "negotiation"
    CONTRACT = "contract"
    DELIVERY = "delivery"
    EFFECT = "effect"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[State]):
    """One explicit state machine.

    Attributes:
        name: what it governs.
        initial: the state in which a record is born.
        steps: (state, action) → next state.
    """

    name: str
    initial: State
    steps: Mapping[tuple[State, str], State]

    def after(self, state: State, action: str) -> State:
        """The state that `action` leads to from `state`.

        Raises:
            IllegalTransitionError: the machine has no such step.
        """
        try:
            return self.steps[state, action]
        except KeyError:
            raise IllegalTransitionError(
                "illegal_transition", lifecycle=self.name, state=str(state), action=action
            ) from None

    def actions(self, state: State) -> tuple[str, ...]:
        """The actions open in `state`, in the order of the table."""
        return tuple(action for (start, action) in self.steps if start == state)


ENTRY = Lifecycle(
    "entry",
    EntryState.DRAFT,
    {
        (EntryState.DRAFT, "submit"): EntryState.SUBMITTED,
        (EntryState.SUBMITTED, "publish"): EntryState.PUBLISHED,
        (EntryState.SUBMITTED, "return"): EntryState.RETURNED,
        (EntryState.SUBMITTED, "reject"): EntryState.REJECTED,
        (EntryState.SUBMITTED, "recall"): EntryState.DRAFT,
        (EntryState.RETURNED, "submit"): EntryState.SUBMITTED,
        (EntryState.PUBLISHED, "expire"): EntryState.EXPIRED,
        (EntryState.PUBLISHED, "withdraw"): EntryState.WITHDRAWN,
        (EntryState.PUBLISHED, "conclude"): EntryState.CONCLUDED,
        (EntryState.EXPIRED, "confirm"): EntryState.PUBLISHED,
        (EntryState.EXPIRED, "withdraw"): EntryState.WITHDRAWN,
        (EntryState.WITHDRAWN, "reopen"): EntryState.DRAFT,
    },
)

MATCH = Lifecycle(
    "match",
    MatchState.SUGGESTED,
    {
        (MatchState.SUGGESTED, "approve"): MatchState.APPROVED,
        (MatchState.SUGGESTED, "reject"): MatchState.REJECTED,
        (MatchState.SUGGESTED, "snooze"): MatchState.SNOOZED,
        (MatchState.SUGGESTED, "withdraw"): MatchState.WITHDRAWN,
        (MatchState.SNOOZED, "wake"): MatchState.SUGGESTED,
        (MatchState.SNOOZED, "undo"): MatchState.SUGGESTED,
        (MatchState.SNOOZED, "withdraw"): MatchState.WITHDRAWN,
        (MatchState.APPROVED, "introduce"): MatchState.INTRODUCED,
        (MatchState.APPROVED, "undo"): MatchState.SUGGESTED,
        (MatchState.REJECTED, "undo"): MatchState.SUGGESTED,
        (MatchState.WITHDRAWN, "suggest"): MatchState.SUGGESTED,
    },
)

INTRODUCTION = Lifecycle(
    "introduction",
    IntroductionState.OPEN,
    {
        (IntroductionState.OPEN, "agree"): IntroductionState.AGREED,
        (IntroductionState.OPEN, "decline"): IntroductionState.DECLINED,
    },
)

QUESTION = Lifecycle(
    "question",
    QuestionState.OPEN,
    {
        (QuestionState.OPEN, "answer"): QuestionState.ANSWERED,
        (QuestionState.OPEN, "pass"): QuestionState.UNABLE,
        (QuestionState.OPEN, "withdraw"): QuestionState.WITHDRAWN,
        (QuestionState.UNABLE, "answer"): QuestionState.ANSWERED,
        (QuestionState.ANSWERED, "answer"): QuestionState.ANSWERED,
        (QuestionState.ANSWERED, "pass"): QuestionState.UNABLE,
        (QuestionState.WITHDRAWN, "ask"): QuestionState.OPEN,
    },
)

DEAL = Lifecycle(
    "deal",
    DealState.CONTACT,
    {
        (DealState.CONTACT, "negotiate"): DealState.NEGOTIATION,
        (DealState.NEGOTIATION, "sign"): DealState.CONTRACT,
        (DealState.CONTRACT, "deliver"): DealState.DELIVERY,
        (DealState.DELIVERY, "take_effect"): DealState.EFFECT,
        (DealState.CONTACT, "end"): DealState.ENDED,
        (DealState.NEGOTIATION, "end"): DealState.ENDED,
        (DealState.CONTRACT, "end"): DealState.ENDED,
        (DealState.DELIVERY, "end"): DealState.ENDED,
        (DealState.EFFECT, "end"): DealState.ENDED,
    },
)
