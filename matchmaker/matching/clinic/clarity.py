"""How sharply a demand is put: clear, fuzzy or concept, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.domain.kinds import Clarity
from matchmaker.matching.clinic.model import Element, Kind, Typed
from matchmaker.matching.clinic.vocabulary import WISH
from matchmaker.matching.sides import Span

#: What shows that there is a problem at hand, and not only an idea.
_CONCRETE = (Element.CURRENT, Element.MATERIAL, Element.SCALE, Element.SITE)


def kind_of(typed: Typed, found: Mapping[Element, Span | None]) -> Kind:
    """Tell the kind of a demand.

    A target figure makes it clear; a problem at hand without one is fuzzy; the rest is a concept.

    Args:
        typed: the form.
        found: the elements it states.
    """
    if Element.TARGET in found:
        return Kind(Clarity.CLEAR, "target_stated", found[Element.TARGET])
    if any(element in found for element in _CONCRETE):
        return Kind(Clarity.FUZZY, "no_target")
    for name, text in typed.texts.items():
        wish = WISH.search(text)
        if wish:
            span = Span(name, wish.start(), wish.end(), wish.group())
            return Kind(Clarity.CONCEPT, "wish_only", span)
    return Kind(Clarity.CONCEPT, "nothing_concrete")
