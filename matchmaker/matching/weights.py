"""The fitted numbers of matching: one data file, read once and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matchmaker.domain.levels import Level
from matchmaker.matching.context import Floors
from matchmaker.matching.signals.registry import FIT_NAMES, TEXT_NAMES


class WeightsError(ValueError):
    """The file of weights does not hold together; the message says where."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the readings of a pair count for.

    ``text`` holds the weights of the text signals, ``fit`` those of the others by the kind of the
    other side. ``levels`` is the least score of each level above none. ``middle`` is the score at
    which a pair is as likely fair or better as not, ``width`` how fast that changes around it.
    ``floors`` are known by the name of an embedder. ``version`` is stored with each match.
    """

    version: str
    found: str
    text: Mapping[str, float]
    fit: Mapping[str, Mapping[str, float]]
    levels: Mapping[Level, float]
    middle: float
    width: float
    floors: Mapping[str, Floors]

    def __post_init__(self) -> None:
        _check(self)

    def fit_of(self, kind: str) -> Mapping[str, float]:
        """Return the weights of the fit signals for another side of ``kind``; may be empty."""
        return self.fit.get(kind, {})

    def floors_of(self, embedder: str, default: float) -> Floors:
        """Return the floors measured for ``embedder``, else ``default`` for both."""
        return self.floors.get(embedder, Floors(default, default))


def _check(weights: Weights) -> None:
    if set(weights.text) != set(TEXT_NAMES):
        raise WeightsError(f"text weights must be those of {', '.join(TEXT_NAMES)}")
    for kind, held in weights.fit.items():
        if strange := set(held) - set(FIT_NAMES):
            raise WeightsError(f"no such signal for {kind}: {', '.join(sorted(strange))}")
        if min(held.values(), default=0.0) < 0 or sum(held.values()) > 2:
            raise WeightsError(f"fit weights of {kind} must be 0 or more and at most 2 together")
    if min(weights.text.values()) < 0 or not any(weights.text.values()):
        raise WeightsError("text weights must be 0 or more, and one of them above 0")
    strong, fair, weak = (weights.levels[level] for level in (Level.STRONG, Level.FAIR, Level.WEAK))
    if not 0 < weak < fair < strong <= 1:
        raise WeightsError("levels must rise from weak to strong, above 0 and up to 1")
    if weights.width <= 0:
        raise WeightsError("the width of the probability must be above 0")


def read_weights(path: Path) -> Weights:
    """Read a file like the bundled one; raises ``WeightsError`` when it does not hold together."""
    return parse_weights(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def bundled_weights() -> Weights:
    """Return the weights that come with the package."""
    return parse_weights((files(__package__) / "weights.json").read_text(encoding="utf-8"))


def parse_weights(text: str) -> Weights:
    """Return what the JSON ``text`` holds; raises ``WeightsError`` for anything wrong in it."""
    try:
        return weights_of(json.loads(text))
    except json.JSONDecodeError as error:
        raise WeightsError(f"weights can't be read: {error!r}") from error


def weights_payload(weights: Weights) -> dict[str, Any]:
    """Return ``weights`` as JSON values that ``weights_of`` reads back."""
    return {
        "version": weights.version,
        "found": weights.found,
        "text": dict(weights.text),
        "fit": {kind: dict(held) for kind, held in weights.fit.items()},
        "levels": {str(level): least for level, least in weights.levels.items()},
        "probability": {"middle": weights.middle, "width": weights.width},
        "floors": {name: asdict(held) for name, held in weights.floors.items()},
    }


def weights_of(data: Mapping[str, Any]) -> Weights:
    """Return what ``weights_payload`` made; raises ``WeightsError`` for anything wrong in it."""
    try:
        return _weights(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"weights can't be read: {error!r}") from error


def _weights(data: Mapping[str, Any]) -> Weights:
    return Weights(
        version=data["version"],
        found=data["found"],
        text=data["text"],
        fit=data["fit"],
        levels={level: float(data["levels"][level]) for level in Level if level != Level.NONE},
        middle=float(data["probability"]["middle"]),
        width=float(data["probability"]["width"]),
        floors={name: Floors(**floors) for name, floors in data["floors"].items()},
    )
