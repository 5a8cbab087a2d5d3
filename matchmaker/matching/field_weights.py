"""How much a mention in each field of a side counts."""

from __future__ import annotations

from matchmaker.matching.sides import Side

# What a poster already has is not what they look for.
_WEIGHTS = {"title": 2.0, "keywords": 2.0, "key_technology": 2.0, "existing_basis": 0.0}


def base(name: str) -> str:
    """Return a field's name without the language of a translation."""
    return name.partition(".")[0]


def weight_of(name: str) -> float:
    """Return what one mention in field ``name`` counts; 0 where it says nothing."""
    return _WEIGHTS.get(base(name), 1.0)


def weighed_texts(side: Side) -> list[tuple[str, float]]:
    """Return the texts of ``side`` with the weight of a mention in each, silent ones left out."""
    weighed = [(name, weight_of(name)) for name in side.text_fields()]
    return [(side.text(name), weight) for name, weight in weighed if weight]
