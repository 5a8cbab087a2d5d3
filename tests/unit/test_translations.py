"""The catalogues hold all that the portal says, and nothing is said outside them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools.translations import LANGUAGES, ROOT, extract, load, messages

WEB = ROOT / "matchmaker" / "web"
PLACE = re.compile(r"%\((\w+)\)[sd]")
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]+")
#: Standards, units, formats and measures of ranking keep their Latin letters in Chinese too.
LATIN_IN_CHINESE = {
    *("GB", "T", "PDF", "MB", "kB", "TRL", "m", "h", "g", "L", "J", "URL"),
    *("CSV", "JSON", "nDCG", "BM", "TF", "IDF", "F"),
}
#: Modules whose patterns read Chinese that people type: dates, amounts, words to look for;
#: and the style guide, whose sample entries are data.
READS_CHINESE = {"workspace/parse.py", "showcase/highlights.py", "styleguide.py"}

Texts = tuple[str, ...]
Lines = Callable[[str], Iterable[str]]


@pytest.fixture(scope="module")
def code() -> Catalog:
    """What the code says now."""
    return extract()


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """The catalogue of one language after the other."""
    found = load(request.param)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    found = load("zh")
    assert found is not None
    return found


def ids(message: Message) -> Texts:
    """The message as the code has it: singular and plural, or one text."""
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else (message.id,)


def forms(message: Message) -> Texts:
    """The translation: a form for each plural of the language, or one text."""
    text = message.string
    assert text is not None
    return tuple(text) if isinstance(text, (list, tuple)) else (text,)


def places(texts: Texts) -> set[str]:
    """The names of the values that are put into the texts."""
    return {name for text in texts for name in PLACE.findall(text)}


def keys(catalogue: Catalog) -> set[Texts]:
    return {ids(message) for message in messages(catalogue)}


def test_the_code_says_nothing_that_a_catalogue_lacks(code: Catalog, catalogue: Catalog) -> None:
    assert keys(code) - keys(catalogue) == set()


def test_a_catalogue_holds_nothing_that_the_code_no_longer_says(
    code: Catalog, catalogue: Catalog
) -> None:
    assert keys(catalogue) - keys(code) == set()


def test_every_message_has_all_its_forms_and_none_is_unsure(catalogue: Catalog) -> None:
    def finished(message: Message) -> bool:
        expected = catalogue.num_plurals if len(ids(message)) > 1 else 1
        texts = forms(message)
        return len(texts) == expected and all(texts) and not message.fuzzy

    assert [ids(message) for message in messages(catalogue) if not finished(message)] == []


def test_a_translation_names_the_same_values_as_its_message(catalogue: Catalog) -> None:
    def differs(message: Message) -> bool:
        return places(ids(message)) != places(forms(message))

    assert [ids(found) for found in messages(catalogue) if differs(found)] == []


def test_the_plural_form_of_every_language_says_the_number(catalogue: Catalog) -> None:
    plural = [found for found in messages(catalogue) if len(ids(found)) > 1]
    assert plural
    assert [ids(found) for found in plural if "num" not in places(forms(found)[-1:])] == []


def test_values_can_be_put_into_every_translation(catalogue: Catalog) -> None:
    """A lone percent sign beside a named value would break the page that shows it."""
    told = [found for found in messages(catalogue) if places(ids(found))]
    assert told
    assert [ids(found) for found in told if not all(map(takes_values, forms(found)))] == []


def takes_values(text: str) -> bool:
    try:
        return bool(text % dict.fromkeys(places((text,)), 1) or not text)
    except (TypeError, ValueError):
        return False


def test_english_texts_hold_no_chinese() -> None:
    english = load("en")
    assert english is not None
    assert [text for found in messages(english) for text in forms(found) if HAN.search(text)] == []


def test_chinese_texts_differ_from_the_english_ones(chinese: Catalog) -> None:
    same = [ids(found) for found in messages(chinese) if set(ids(found)) & set(forms(found))]
    assert same == []


def test_chinese_texts_are_chinese(chinese: Catalog) -> None:
    """A text with letters in English is in Chinese there, up to units and standards."""
    left = {
        text: words
        for found in messages(chinese)
        for text in forms(found)
        if (words := set(LATIN_WORD.findall(PLACE.sub("", text))) - LATIN_IN_CHINESE)
    }
    assert left == {}


def test_chinese_sentences_end_as_their_english_ones(chinese: Catalog) -> None:
    """A full stop in one language only looks like a mistake on the page."""

    def ends(text: str) -> bool:
        return text.rstrip("”’)）").endswith((".", "。")) and not text.endswith(" no.")

    assert [
        (ids(found)[0], forms(found)[0])
        for found in messages(chinese)
        if ends(ids(found)[0]) and not ends(forms(found)[0])
    ] == []


@pytest.mark.parametrize("mark", [",", ";", ":", "?", "!", "(", ")", '"', "..."])
def test_chinese_texts_have_chinese_punctuation(chinese: Catalog, mark: str) -> None:
    texts = (PLACE.sub("", text) for found in messages(chinese) for text in forms(found))
    assert [text for text in texts if HAN.search(text) and mark in text] == []


def test_templates_leave_chinese_to_the_catalogues() -> None:
    assert _chinese_in(sorted((WEB / "templates").rglob("*.html")), _said_in_template) == []


def test_scripts_leave_chinese_to_the_catalogues() -> None:
    assert _chinese_in(sorted((WEB / "static" / "js").rglob("*.js")), _said_in_script) == []


def test_views_leave_chinese_to_the_catalogues() -> None:
    files = [path for path in WEB.rglob("*.py") if str(path.relative_to(WEB)) not in READS_CHINESE]
    assert _chinese_in(sorted(files), _said_in_module) == []


def _chinese_in(files: list[Path], said: Lines) -> list[str]:
    assert files
    return [
        f"{path.relative_to(WEB)}: {text.strip()}"
        for path in files
        for text in said(path.read_text(encoding="utf-8"))
        if HAN.search(text)
    ]


def _said_in_template(text: str) -> list[str]:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL).splitlines()


def _said_in_script(text: str) -> list[str]:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL).splitlines()


def _said_in_module(text: str) -> Iterator[str]:
    """Every text of a module that is no docstring."""
    tree = ast.parse(text)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
