"""Checkable requirements of a demand, figures of an offer, and whether the one meets the other.

- ``model``: what a clause is, and what may come of it;
- ``reading``: from a text to its clauses or figures. It asks ``figures_aside`` (what measures
  nothing), ``quantities`` with ``numbers`` and ``unit_words``, ``roles`` with ``comparators``
  (how each is bounded), ``subjects`` (of what, when) and ``background`` (what is only reported).
- ``judging``: whether figures meet a clause, with ``measured`` (same subject?), ``units`` (same
  scale? by ``pint``) and ``intervals`` (implied or excluded?);
- ``gathering`` and ``lines``: both over the texts of two sides.
"""
