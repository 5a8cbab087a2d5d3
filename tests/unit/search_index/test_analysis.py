"""Tokens, their places in the original text, and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.analysis import Analyser, fold, fold_with_places, sentences
from search_index.stopwords import STOP_WORDS

ANALYSER = Analyser()
MESSY = "①高镍三元ＮＣＭ８１１，300 ℃、50㎡；e\u0301tude — pH7.5的\t矿井水！"


def words(text: str) -> list[str]:
    return list(ANALYSER.tokens(text).words)


def test_long_chinese_words_come_with_their_parts() -> None:
    assert words("电解液") == ["电解", "电解液"]


def test_english_words_are_stemmed_and_lower_case() -> None:
    assert words("Batteries charging") == ["batteri", "charg"]


def test_both_languages_stand_in_one_text() -> None:
    assert words("PEM燃料电池stack") == ["pem", "燃料", "电池", "燃料电池", "stack"]


def test_words_that_say_nothing_are_left_out() -> None:
    assert words("the design of a 的 system") == ["design", "system"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300℃", ["300°c"]),
        ("300 °C", ["300°c"]),
        ("67 %", ["67%"]),
        ("8~15t", ["8", "15t"]),
        ("3.5 mm", ["3.5mm"]),
        ("1,000吨", ["1000", "吨"]),
        ("10，20", ["10", "20"]),
        ("120MPa", ["120mpa"]),
        ("50㎡", ["50m2"]),
    ],
)
def test_numbers_keep_their_unit(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["pm2.5", "h2o2", "ph7.5", "ncm811"])
def test_formulas_and_grades_stay_whole(text: str) -> None:
    assert words(text.upper()) == [text]


def test_full_width_and_half_width_give_the_same_tokens() -> None:
    assert words("ＬＩＴＨＩＵＭ　２０％") == words("lithium 20%")


def test_grams_are_characters_and_pairs_within_a_run() -> None:
    expected = ("矿", "井", "水", "矿井", "井水", "回", "收", "回收")
    assert ANALYSER.tokens("矿井水，回收").grams == expected


def test_stop_characters_are_no_grams_of_their_own() -> None:
    assert "的" not in ANALYSER.tokens("水的处理").grams
    assert "水的" in ANALYSER.tokens("水的处理").grams


def test_terms_of_the_domain_are_kept_whole() -> None:
    term = "风光储氢一体化"
    assert term not in words(term)
    assert term in Analyser([term]).tokens(term).words


def test_the_version_tells_dictionaries_apart_but_not_their_order() -> None:
    assert Analyser(["甲乙丙", "丁戊己"]).version == Analyser(["丁戊己", "甲乙丙"]).version
    assert Analyser(["甲乙丙"]).version != ANALYSER.version


def test_spans_are_the_words_with_their_place_in_the_original() -> None:
    spans = ANALYSER.spans(MESSY)
    assert [span.text for span in spans] == words(MESSY)
    places = {span.text: MESSY[span.start : span.end] for span in spans}
    assert places["300°c"] == "300 ℃"
    assert places["50m2"] == "50㎡"
    assert places["étude"] == "e\u0301tude"
    assert places["矿井"] == "矿井"


@given(st.text(max_size=60))
def test_places_never_leave_the_text(text: str) -> None:
    folded, places = fold_with_places(text)
    assert len(folded) == len(places)
    for span in ANALYSER.spans(text):
        assert 0 <= span.start < span.end <= len(text)


@given(st.text(alphabet="高镍 Ab１，。.3%㎡\n", max_size=40))
def test_folding_by_pieces_is_folding_at_once(text: str) -> None:
    assert fold_with_places(text)[0] == fold(text)


def test_sentences_end_at_marks_of_either_language() -> None:
    text = "处理量大。成本低！Is it ready? Yes.  性能.观察；最后一行\n新行"
    assert [one.text for one in sentences(text)] == [
        "处理量大。",
        "成本低！",
        "Is it ready?",
        "Yes.",
        "性能.",
        "观察；",
        "最后一行",
        "新行",
    ]


@pytest.mark.parametrize("text", ["精度3.5毫米", "1. 总体要求", "2）pH7.5 ± 0.2", "A. 方案"])
def test_decimals_and_numberings_split_nothing(text: str) -> None:
    assert [one.text for one in sentences(text)] == [text]


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert [one.text for one in sentences("他说：“可行。”然后签约")] == [
        "他说：“可行。”",
        "然后签约",
    ]


@given(st.text(alphabet="水。 .1\nA！”", max_size=40))
def test_sentences_are_slices_of_the_text_in_order(text: str) -> None:
    end = 0
    for one in sentences(text):
        assert text[one.start : one.end] == one.text
        assert one.start >= end
        end = one.end


def test_marks_alone_are_no_sentence() -> None:
    assert sentences(" 。！\n— ") == []


def test_stop_words_are_in_the_form_that_is_compared() -> None:
    assert {fold(word) for word in STOP_WORDS} == STOP_WORDS
