"""Groups of terms that mean the same, in Chinese and English, and where a text uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from search_index.analysis import fold, fold_with_places

_HAN = 0x2E80  # from here on scripts that write words without spaces


@dataclass(frozen=True, slots=True)
class Mention:
    """``text[start:end]`` names ``concept``, a group of synonyms."""

    concept: str
    start: int
    end: int


class Synonyms:
    """Finds the longest known terms of a text; a term of several groups names each of them."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        """Take the terms of each group by its name; terms of one character are left out."""
        self._groups: dict[str, set[str]] = defaultdict(set)
        for group, terms in groups.items():
            for term in terms:
                if len(folded := fold(term.strip())) > 1:
                    self._groups[folded].add(group)
        self._forms = _by_opening(self._groups)

    @classmethod
    def from_rows(cls, rows: Iterable[Sequence[str]]) -> Synonyms:
        """Build from rows that open with a group's name and a term; more columns are allowed."""
        groups: dict[str, list[str]] = defaultdict(list)
        for group, term, *_ in rows:
            groups[group].append(term)
        return cls(groups)

    def mentions(self, text: str) -> list[Mention]:
        """Return the terms of ``text`` from left to right, longest first, none within another."""
        folded, places = fold_with_places(text)
        found: list[Mention] = []
        at = 0
        while at < len(folded) - 1:
            form = self._form_at(folded, at)
            if form is None:
                at += 1
                continue
            start, end = places[at][0], places[at + len(form) - 1][1]
            found.extend(Mention(group, start, end) for group in sorted(self._groups[form]))
            at += len(form)
        return found

    def _form_at(self, folded: str, at: int) -> str | None:
        for form in self._forms.get(folded[at : at + 2], ()):
            if folded.startswith(form, at) and _stands_alone(folded, at, at + len(form)):
                return form
        return None


def _by_opening(forms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    openings: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        openings[form[:2]].append(form)
    return {key: tuple(sorted(held, key=len, reverse=True)) for key, held in openings.items()}


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no Western word goes on beyond the term; a plural's "s" may follow."""
    if start > 0 and _joined(text[start - 1], text[start]):
        return False
    rest = text[end : end + 2]
    if not rest or not _joined(text[end - 1], rest[0]):
        return True
    return rest[0] == "s" and (len(rest) == 1 or not _joined("s", rest[1]))


def _joined(left: str, right: str) -> bool:
    return all(character.isalnum() and ord(character) < _HAN for character in (left, right))
