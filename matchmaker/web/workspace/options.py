"""The choices of each field, named in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaker.domain.fields import FieldSpec, FieldType
from matchmaker.services.taxonomies import Term
from matchmaker.web.access import services
from matchmaker.web.labels import VOCABULARY_OF_FIELD, label
from matchmaker.web.language import current_language

Options = list[tuple[str, str]]

_STEP = " › "


def options_of(spec: FieldSpec, group: str = "") -> Options:
    """The choices of a field, or of a column of the repeated field `group`.

    Returns:
        (code, name) in the order they are offered; empty where anything can be typed.
    """
    if spec.choices is not None:
        vocabulary = VOCABULARY_OF_FIELD[f"{group}.{spec.name}" if group else spec.name]
        return [(member.value, label(member, vocabulary)) for member in spec.choices]
    if spec.scheme == "regions":
        return region_options()
    if spec.scheme:
        return list(_tree(spec.scheme))
    if spec.name == "trl":
        return _levels()
    return []


def is_single_choice(spec: FieldSpec) -> bool:
    """Whether one of a closed list is chosen, though the value may be a number."""
    return spec.type is FieldType.CHOICE or spec.name == "trl"


def region_options() -> Options:
    """The portal's own region first, then the rest of its province, then the other provinces."""
    language, taxonomies = current_language(), services().taxonomies
    own = services().settings.region
    path = taxonomies.path("regions", own)
    province = path[-2] if len(path) > 1 else path[-1]
    cities = taxonomies.children("regions", province)
    options: Options = []
    for city in sorted(cities, key=lambda city: city.code not in path):
        name = city.name(language)
        options.append((city.code, name))
        for county in taxonomies.children("regions", city.code):
            options.append((county.code, name + _STEP + county.name(language)))
    for root in taxonomies.roots("regions"):
        options.append((root.code, root.name(language)))
        children = taxonomies.children("regions", root.code)
        options.extend((term.code, term.name(language)) for term in children)
    return options


def _tree(scheme: str) -> Iterator[tuple[str, str]]:
    """A tree of two levels as one list: each branch, then what lies below it."""
    language, taxonomies = current_language(), services().taxonomies
    for root in taxonomies.roots(scheme):
        name = _name(root, scheme, language)
        yield root.code, name
        for term in taxonomies.children(scheme, root.code):
            yield term.code, name + _STEP + _name(term, scheme, language)


def _name(term: Term, scheme: str, language: str) -> str:
    """Industries are known by their codes as well."""
    name = term.name(language)
    return f"{term.code} {name}" if scheme == "industries" else name


def _levels() -> Options:
    language = current_language()
    terms = services().taxonomies.scheme("trl").values()
    return [(term.code, f"{term.code} · {term.name(language)}") for term in terms]
