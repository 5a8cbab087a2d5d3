"""Labelled pairs as arrays, their scores under any weights, and how these change with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.fitting.labelled import Labelled
from matchmaker.matching.weights import Weights

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.intp]
Truths: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which number of a flat vector is which weight: text weights, then those of each kind.

    ``fit`` names the kind and the signal of every fit weight; a kind has those that the weights
    in force give it, so that fitting never makes a signal count where it has no meaning.
    """

    text: tuple[str, ...]
    fit: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, weights: Weights) -> Layout:
        """Return the layout of ``weights``."""
        fit = [(kind, name) for kind, held in sorted(weights.fit.items()) for name in held]
        return cls(tuple(weights.text), tuple(fit))

    def vector(self, weights: Weights) -> Floats:
        """Return the weights as one vector of float64 [text + fit]."""
        text = [weights.text[name] for name in self.text]
        return np.array(text + [weights.fit[kind][name] for kind, name in self.fit], np.float64)

    def text_of(self, vector: Floats) -> dict[str, float]:
        """Return the text weights that ``vector`` holds, by signal."""
        return dict(zip(self.text, map(float, vector), strict=False))

    def fit_of(self, vector: Floats) -> dict[str, dict[str, float]]:
        """Return the fit weights that ``vector`` holds, by kind and signal."""
        found: dict[str, dict[str, float]] = {kind: {} for kind, _ in self.fit}
        for (kind, name), value in zip(self.fit, vector[len(self.text) :], strict=True):
            found[kind][name] = float(value)
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """Pairs in rows.

    ``told`` [pairs, text] holds the values of the text signals, 0 where unknown, and ``known``
    which they are. ``fitting`` [pairs, fit] holds the values of the fit signals less one half, 0
    where unknown or of another kind; ``own`` which fit weights are those of the row's kind.
    ``grades`` are 0 to 3, ``demands`` number the demands from 0 in the order of their names.
    """

    told: Floats
    known: Floats
    fitting: Floats
    own: Floats
    grades: Integers
    demands: Integers

    @classmethod
    def of(cls, layout: Layout, pairs: Sequence[Labelled]) -> Table:
        """Return ``pairs`` in their order."""
        told = [[_value(pair.values, name) for name in layout.text] for pair in pairs]
        fitting = [
            [
                _value(pair.values, name) if pair.kind == kind else np.nan
                for kind, name in layout.fit
            ]
            for pair in pairs
        ]
        own = [[pair.kind == kind for kind, _ in layout.fit] for pair in pairs]
        return cls(
            told=np.nan_to_num(_matrix(told, len(layout.text))),
            known=np.isfinite(_matrix(told, len(layout.text))).astype(np.float64),
            fitting=np.nan_to_num(_matrix(fitting, len(layout.fit)) - 0.5),
            own=_matrix(own, len(layout.fit)),
            grades=np.array([pair.grade for pair in pairs], np.intp),
            demands=np.unique([pair.demand for pair in pairs], return_inverse=True)[1],
        )

    def __len__(self) -> int:
        return len(self.grades)

    def rows(self, which: Truths) -> Table:
        """Return the rows where ``which`` [pairs] is true."""
        return Table(
            self.told[which],
            self.known[which],
            self.fitting[which],
            self.own[which],
            self.grades[which],
            self.demands[which],
        )

    def scores(self, vector: Floats) -> Floats:
        """Return the score of each pair, float64 [pairs], as ``fusion.fuse`` defines it."""
        agreement, moved, full, _ = self._parts(vector)
        return agreement * moved / full

    def scored(self, vector: Floats) -> tuple[Floats, Floats]:
        """Return the scores [pairs] and their derivatives by each weight [pairs, text + fit]."""
        agreement, moved, full, total = self._parts(vector)
        lift = moved / full
        by_text = (self.told - self.known * agreement[:, None]) * (lift / total)[:, None]
        by_fit = (self.fitting - self.own * (lift / 2)[:, None]) * (agreement / full)[:, None]
        return agreement * lift, np.hstack([by_text, by_fit])

    def _parts(self, vector: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Agreement, what the fit signals make of it, the divisor, the known text weights."""
        text, fit = np.split(vector, [self.told.shape[1]])
        total = np.maximum(self.known @ text, _TINY)
        return self.told @ text / total, 1 + self.fitting @ fit, 1 + self.own @ fit / 2, total


_TINY = 1e-9


def _value(values: Mapping[str, float | None], name: str) -> float:
    value = values.get(name)
    return np.nan if value is None else value


def _matrix(rows: Sequence[Sequence[float]], width: int) -> Floats:
    return np.array(rows, np.float64).reshape(len(rows), width)
