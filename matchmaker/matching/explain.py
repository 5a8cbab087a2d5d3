"""The explanation of a match: its signals with their share, its marks, what is not known."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.domain.levels import Level
from matchmaker.matching.advice import Advice
from matchmaker.matching.assessment import Assessment
from matchmaker.matching.clauses.model import ClauseLine
from matchmaker.matching.marking import Mark, Segment, marks_of, segments
from matchmaker.matching.sides import Evidence, Note, Reading, Side, Span


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One signal as a reader sees it.

    ``share`` is its part of the score in [-1, 1], negative where it lowers the score; both are
    ``None`` where the signal can't tell. ``evidence`` quotes what it rests on.
    """

    signal: str
    value: float | None
    share: float | None
    evidence: tuple[Evidence, ...]
    note: Note


@dataclass(frozen=True, slots=True)
class Explanation:
    """What may be said of a match, all of it carried by spans of the two texts.

    ``signals`` holds the known ones, the largest share first; ``unknowns`` the others with the
    reason. ``advice`` says what would raise the level, ``questions`` which clauses stay open.
    ``clauses`` lists every clause of the demand with its outcome and the figure that decides.
    """

    score: float
    level: Level
    probability: float
    signals: tuple[SignalLine, ...]
    unknowns: tuple[SignalLine, ...]
    marks: tuple[Mark, ...]
    advice: tuple[Advice, ...]
    questions: tuple[Advice, ...]
    clauses: tuple[ClauseLine, ...] = ()

    def demand_segments(self, field: str, text: str) -> list[Segment]:
        """Cut ``text``, field ``field`` of the demand, into marked and unmarked pieces."""
        return segments(text, [(m.demand, m.number) for m in self.marks if m.demand.field == field])

    def other_segments(self, field: str, text: str) -> list[Segment]:
        """Cut ``text``, field ``field`` of the other side, into marked and unmarked pieces."""
        return segments(text, [(m.other, m.number) for m in self.marks if m.other.field == field])


def explain(assessment: Assessment) -> Explanation:
    """Return the explanation of ``assessment``; readings without evidence are left out."""
    lines = [_line(assessment, held) for held in assessment.readings if _carried(held)]
    known = sorted((line for line in lines if line.value is not None), key=_by_share)
    texts = [held for held in assessment.readings if held.known]
    return Explanation(
        score=assessment.score,
        level=assessment.level,
        probability=assessment.probability,
        signals=tuple(known),
        unknowns=tuple(line for line in lines if line.value is None),
        marks=marks_of(texts),
        advice=tuple(held for held in assessment.advice if held.score is not None),
        questions=tuple(held for held in assessment.advice if held.score is None),
        clauses=assessment.clauses,
    )


def open_clauses(told: Explanation) -> tuple[Span, ...]:
    """Return the clauses that nothing of the other side decides, each quoted once."""
    return tuple(dict.fromkeys(step.span for step in told.questions if step.span))


def still_true(span: Span, side: Side) -> bool:
    """Whether ``side`` still holds the quoted text in its place: texts change after a match."""
    return side.text(span.field)[span.start : span.end] == span.text


def _carried(reading: Reading) -> bool:
    """Whether a reading says something that spans carry, or admits that it does not know."""
    return bool(reading.evidence) or not reading.known


def _line(assessment: Assessment, reading: Reading) -> SignalLine:
    share = None
    if reading.known and assessment.score:
        share = assessment.shares.get(reading.signal, 0.0) / assessment.score
    return SignalLine(reading.signal, reading.value, share, reading.evidence, reading.note)


def _by_share(line: SignalLine) -> tuple[float, str]:
    return -(line.share or 0.0), line.signal
