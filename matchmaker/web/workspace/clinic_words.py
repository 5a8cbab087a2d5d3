"""The clinic's vocabulary in words: elements, questions, places and bounds."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from matchmaker.matching.clauses.model import Comparator
from matchmaker.matching.clinic.model import Element

Names = Mapping[Element, LazyString]

#: Element → its name.
ELEMENTS: Names = {
    Element.CURRENT: _("current process"),
    Element.TARGET: _("target figure"),
    Element.MATERIAL: _("material or medium"),
    Element.SCALE: _("scale"),
    Element.SITE: _("site conditions"),
    Element.BUDGET: _("budget"),
    Element.DEADLINE: _("deadline"),
    Element.IP: _("wish for intellectual property"),
    Element.TRL_EVIDENCE: _("evidence of maturity"),
    Element.ADVANTAGE: _("figure of advantage"),
    Element.APPLICATION: _("application"),
    Element.IP_STATUS: _("state of intellectual property"),
    Element.PRICE: _("price or mode of transfer"),
}
#: Element → the question that asks for it.
QUESTIONS: Names = {
    Element.CURRENT: _("How is it done today, and with which figure?"),
    Element.TARGET: _("Which figure would be good enough?"),
    Element.MATERIAL: _("Which material or medium is it about?"),
    Element.SCALE: _("How much a day or a year?"),
    Element.SITE: _("Under which conditions on site must it work?"),
    Element.BUDGET: _("What may it cost?"),
    Element.DEADLINE: _("By when is it needed?"),
    Element.IP: _("Who should own the intellectual property?"),
    Element.TRL_EVIDENCE: _("What shows its maturity: a pilot, a test report, hours in operation?"),
    Element.ADVANTAGE: _("By which figure is it better than what is in use today?"),
    Element.APPLICATION: _("Where can it be used?"),
    Element.IP_STATUS: _("Which rights protect it, and where do they stand?"),
    Element.PRICE: _("At which price, or in which form, would you transfer it?"),
}
#: Level of regions that two places share → in words.
PLACES: Mapping[str, LazyString] = {
    "county": _("in the same county"),
    "city": _("in the same city"),
    "province": _("in the same province"),
}
#: Comparator → in words.
BOUNDS: Mapping[Comparator, LazyString] = {
    Comparator.AT_LEAST: _("at least"),
    Comparator.ABOVE: _("above"),
    Comparator.AT_MOST: _("at most"),
    Comparator.BELOW: _("below"),
    Comparator.EQUAL: _("exactly"),
    Comparator.BETWEEN: _("between"),
    Comparator.WITHIN: _("within"),
}
