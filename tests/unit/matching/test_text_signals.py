"""Signals that read the texts of both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.matching.context import Context
from matchmaker.matching.prepared import prepare
from matchmaker.matching.sides import Side
from matchmaker.matching.signals import body, keywords, meaning, terms, title
from matchmaker.matching.signals.base import Read

READS = [title.read, body.read, meaning.read, keywords.read, terms.read]
ENGLISH = {
    "language": "en",
    "title": "Mine water concentration by reverse osmosis",
    "summary": "Zero liquid discharge at low energy per tonne of water.",
    "body": "Pilot plant for mine water. Reverse osmosis brine goes to electrodialysis.",
    "keywords": ("mine water", "ZLD"),
    "extras": {},
}
UNRELATED_ENGLISH = ENGLISH | {
    "title": "Anti-pilling finish for cashmere",
    "summary": "Plasma treatment of knitwear.",
    "body": "The grade of pilling is four.",
    "keywords": ("cashmere",),
}


@pytest.mark.parametrize("read", READS)
def test_texts_on_one_subject_read_higher_than_others(
    read: Read, ask, make_demand, make_achievement, unrelated: Side
) -> None:
    near = ask(read, make_demand(), make_achievement())
    far = ask(read, make_demand(), unrelated)
    assert near.value > 0.3
    assert near.value > 2 * far.value


@pytest.mark.parametrize("read", READS)
def test_what_agrees_is_quoted_from_both_sides(
    read: Read, ask, make_demand, make_achievement
) -> None:
    evidence = ask(read, make_demand(), make_achievement()).evidence
    assert evidence
    assert all(held.demand and held.other for held in evidence)


@pytest.mark.parametrize("read", READS)
def test_a_side_without_texts_is_unknown(read: Read, ask, make_demand) -> None:
    assert ask(read, make_demand(), Side(code="CG-1", kind="achievement")).value is None


@pytest.mark.parametrize("read", [title.read, body.read, keywords.read, terms.read])
def test_synonyms_carry_a_chinese_demand_to_an_english_text(
    read: Read, ask, make_demand, make_achievement
) -> None:
    near = ask(read, make_demand(), make_achievement(**ENGLISH))
    assert near.value > 0.2
    assert near.evidence
    far = ask(read, make_demand(), make_achievement(**UNRELATED_ENGLISH))
    assert (far.value or 0.0) < near.value / 2


def test_vectors_of_two_languages_are_compared_only_by_a_bilingual_embedder(
    matching_context: Context, make_demand, make_achievement
) -> None:
    sides = prepare(matching_context, [make_demand(), make_achievement(**ENGLISH)])
    assert meaning.read(matching_context, *sides).value is None
    assert meaning.read(replace(matching_context, bilingual=True), *sides).value is not None


def test_a_translation_is_compared_in_its_own_language(ask, make_demand, make_achievement) -> None:
    demand = make_demand(
        extras={
            "title.en": "Mine water concentration too dear",
            "body.en": "Brine from reverse osmosis costs too much.",
        }
    )
    reading = ask(terms.read, demand, make_achievement(**ENGLISH))
    assert {held.demand.field for held in reading.evidence} <= {"title.en", "body.en"}
    assert reading.value > 0.5


def test_one_shared_known_term_proves_little_across_languages(ask) -> None:
    demand = Side(code="XQ-1", kind="demand", title="矿井水")
    other = Side(code="CG-1", kind="achievement", language="en", title="Mine water")
    cosine_alone = 1 / (1 + terms.HALF)
    assert ask(terms.read, demand, other).value < cosine_alone


def test_keywords_count_as_named_by_a_synonym(ask, make_demand, make_achievement) -> None:
    demand = make_demand(keywords=("ZLD",))
    other = make_achievement(keywords=("零排放",), body="", extras={})
    reading = ask(keywords.read, demand, other)
    assert reading.note.params == {"named": 1, "count": 1}
    assert reading.evidence[0].other.text == "零排放"


def test_keywords_are_found_in_the_other_sides_body(ask, make_demand, make_achievement) -> None:
    reading = ask(keywords.read, make_demand(keywords=("膜结垢",)), make_achievement(keywords=()))
    assert [held.other.field for held in reading.evidence] == ["body"]


def test_the_title_quotes_headlines_alone(ask, make_demand, make_achievement) -> None:
    for held in ask(title.read, make_demand(), make_achievement()).evidence:
        assert {held.demand.field, held.other.field} <= {"title", "summary"}


def test_sentences_are_paired_once_each(ask, make_demand, make_achievement) -> None:
    evidence = ask(body.read, make_demand(), make_achievement()).evidence
    assert len({held.demand for held in evidence}) == len(evidence)
    assert len({held.other for held in evidence}) == len(evidence)


def test_what_the_poster_already_has_is_not_looked_for(ask, make_demand, make_achievement) -> None:
    plain = make_demand(extras={})
    equipped = make_demand(extras={"existing_basis": make_achievement().body})
    for read in (terms.read, body.read):
        assert ask(read, equipped, make_achievement()) == ask(read, plain, make_achievement())


def test_one_shared_word_proves_little_however_rare(ask) -> None:
    demand = Side(code="XQ-1", kind="demand", body="海上风电单桩基础飞溅区防腐蚀与冲刷防护")
    one_word = Side(code="CG-1", kind="achievement", body="风电齿轮箱振动监测")
    on_subject = Side(code="CG-2", kind="achievement", body="单桩基础冲刷防护与防腐蚀涂层")
    assert ask(terms.read, demand, on_subject).value > 3 * ask(terms.read, demand, one_word).value


def test_a_known_term_inside_a_keyword_names_only_its_part(ask) -> None:
    demand = Side(code="XQ-1", kind="demand", keywords=("高盐矿井水",))
    part = Side(code="CG-1", kind="achievement", language="en", keywords=("mine water",))
    whole = Side(code="XQ-2", kind="demand", keywords=("矿井水",))
    assert 0 < ask(keywords.read, demand, part).value < ask(keywords.read, whole, part).value
