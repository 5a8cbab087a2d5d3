"""The requirements of a demand as pages show them: what each asks, what answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matchmaker.matching.clauses.model import ClauseLine
from matchmaker.matching.explain import Explanation, open_clauses
from matchmaker.matching.sides import Span
from matchmaker.services.questions import Asked
from matchmaker.web.evidence import Agreement

ANSWERS = "answers"
"""The field of a side that holds what its organisation answered to questions."""


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One requirement of the demand.

    Attributes:
        text: as the demand states it.
        state: "met", "not_met" or "unknown"; "" where the other side speaks of it without a
            figure that could be held against it.
        found: what the other side says to it, "" where it says nothing.
        mark: number of the mark on both texts, None where it has none.
        told: whether `found` is an answer of the supplier and no text of the entry.
        asked: the question put to the supplier about it, if any.
    """

    text: str
    state: str
    found: str = ""
    mark: int | None = None
    told: bool = False
    asked: Asked | None = None


def answered(told: Explanation) -> list[Agreement]:
    """The clauses that a figure decides, as agreements to be marked in both texts."""
    return [
        Agreement(line.demand, line.other, 1.0, sentence=True)
        for line in told.clauses
        if line.other is not None
    ]


def clause_views(
    told: Explanation, marked: Sequence[Agreement] = (), asked: Sequence[Asked] = ()
) -> list[ClauseView]:
    """All requirements of a demand, those whose figures were read first.

    Args:
        told: what may be said of the match.
        marked: the agreements marked in the texts, in the order of their numbers.
        asked: questions put to the supplier.
    """
    views = [_read(line, marked) for line in told.clauses]
    views += _unread(told, marked)
    questions = {held.question.clause: held for held in asked}
    views = [replace(view, asked=questions.pop(view.text, None)) for view in views]
    return views + [_asked_alone(held) for held in questions.values()]


def _read(line: ClauseLine, marked: Sequence[Agreement]) -> ClauseView:
    other = line.other
    return ClauseView(
        text=line.demand.text,
        state=str(line.outcome),
        found=other.text if other else "",
        mark=_number(marked, line.demand, other),
        told=other is not None and other.field == ANSWERS,
    )


def _unread(told: Explanation, marked: Sequence[Agreement]) -> list[ClauseView]:
    """Requirements of which no figure was read: spoken of by a sentence, or by none."""
    read = [line.demand for line in told.clauses]
    waiting = {span.text for span in open_clauses(told)}
    spoken = [
        ClauseView(
            text=held.demand.text,
            state="unknown" if held.demand.text in waiting else "",
            found=held.other.text,
            mark=number,
            told=held.other.field == ANSWERS,
        )
        for number, held in enumerate(marked, start=1)
        if held.sentence and held.demand.field == "clauses" and not _covered(held.demand, read)
    ]
    said = {view.text for view in spoken} | {span.text for span in read}
    silent = [ClauseView(span.text, "unknown") for span in open_clauses(told)]
    return spoken + [view for view in silent if view.text not in said]


def _asked_alone(held: Asked) -> ClauseView:
    """A question about a clause that the match no longer lists, with its answer if there is one."""
    answer = held.question.answer
    return ClauseView(held.question.clause, "", answer, told=bool(answer), asked=held)


def _number(marked: Sequence[Agreement], demand: Span, other: Span | None) -> int | None:
    numbers = {(held.demand, held.other): at for at, held in enumerate(marked, start=1)}
    return numbers.get((demand, other)) if other else None


def _covered(span: Span, read: Sequence[Span]) -> bool:
    return any(
        span.field == held.field and span.start < held.end and held.start < span.end
        for held in read
    )
