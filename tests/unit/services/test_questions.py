"""What a supplier answers reads as a statement of its entry."""

from __future__ import annotations

import pytest

from matchmaker.matching.clauses.judging import judge
from matchmaker.matching.clauses.model import Outcome
from matchmaker.matching.clauses.reading import read_clauses, read_figures
from matchmaker.models import ClauseQuestion
from matchmaker.services.questions import line_of


@pytest.mark.parametrize(
    ("clause", "answer", "outcome"),
    [
        ("蒸发系统连续运行时间不低于 3000 小时", "3600 小时", Outcome.MET),
        ("蒸发系统连续运行时间不低于 3000 小时", "蒸发系统连续运行时间 1200 小时", Outcome.NOT_MET),
        ("吨水处理成本低于 8 元", "7.2 元", Outcome.MET),
        ("Sodium chloride purity of at least 98 %", "98.6 %", Outcome.MET),
        ("Sodium chloride purity of at least 98 %", "97 %", Outcome.NOT_MET),
        ("吨水处理成本低于 8 元", "要看水质", Outcome.UNKNOWN),
    ],
)
def test_a_bare_figure_is_held_against_what_was_asked(
    clause: str, answer: str, outcome: Outcome
) -> None:
    [asked] = read_clauses(clause)
    line = line_of(ClauseQuestion(clause=clause, subject=asked.subject, answer=answer))
    assert line.endswith(answer)
    assert line.count(asked.subject) == 1
    assert judge(asked, read_figures(line))[0] is outcome


def test_an_answer_to_what_was_not_read_stays_as_it_was_written() -> None:
    assert line_of(ClauseQuestion(clause="耐低温", subject="", answer="耐 −40 ℃")) == "耐 −40 ℃"
