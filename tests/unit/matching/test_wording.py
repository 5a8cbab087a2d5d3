"""What two sides share in characters, wherever words are cut."""

from __future__ import annotations

import pytest

from matchmaker.matching.wording import wordings

BODY = 1.0


def cosine(one: str, other: str) -> float:
    left, right = wordings([[(one, BODY)], [(other, BODY)]])
    return left.cosine(right)


def test_a_text_is_like_itself_and_unlike_one_without_a_common_character() -> None:
    assert cosine("矿井水深度处理", "矿井水深度处理") == pytest.approx(1.0)
    assert cosine("矿井水深度处理", "羊绒") == 0.0


def test_a_new_term_is_seen_in_another_that_holds_it() -> None:
    assert cosine("钙钛矿叠层电池", "叠层钙钛矿组件") > cosine("钙钛矿叠层电池", "铅酸电池回收")


def test_it_does_not_matter_who_is_compared_with_whom() -> None:
    assert cosine("高盐废水", "废水零排放") == pytest.approx(cosine("废水零排放", "高盐废水"))


def test_a_side_without_words_is_like_nothing() -> None:
    assert cosine("", "矿井水") == 0.0
    assert cosine("，。", "，。") == 0.0


def test_sides_read_together_are_as_they_are_alone() -> None:
    texts = ["矿井水处理", "", "membrane distillation"]
    together = wordings([[(text, BODY)] for text in texts])
    for text, held in zip(texts, together, strict=True):
        (alone,) = wordings([[(text, BODY)]])
        assert held.hashes.tolist() == alone.hashes.tolist()
        assert held.weights.tolist() == alone.weights.tolist()
