"""The recipe of the bundled embedder, from the corpus to the folder that ships.

Stages keep what they made in a folder of their own, so that a run cut short goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from search_index.embedders.vocabulary import Vocabulary
from search_index.training import corpus, teacher, vocabulary
from search_index.training.bags import Bags, bags_of
from search_index.training.sharpening import sharpened
from search_index.training.student import Plan, trained

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the model is made of; another recipe makes another model."""

    tokens: int = 59_000
    pieces: int = 12_000
    sentences: int = 10_000
    held_out: int = 1_000
    seed: int = 7
    plan: Plan = field(default_factory=Plan)


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out: the tokenizer, its rows, what was kept out, and the seconds by stage."""

    tokenizer: Tokenizer
    rows: Floats
    held_out: corpus.Pairs
    seconds: dict[str, float]


def follow(recipe: Recipe, folder: Path, model: Path, work: Path) -> Trained:
    """Train on the corpus in ``folder`` with the teacher ``model``; keep stages in ``work``."""
    work.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}
    without = corpus.held_out(folder, recipe.held_out, recipe.seed)
    with _timed("vocabulary", seconds):
        tokenizer = vocabulary.tokenizer_of(_tokens(recipe, folder, work))
    with _timed("teacher", seconds):
        phrases = corpus.phrases(folder, without, recipe.sentences, recipe.seed)
        vectors = _taught(model, phrases, work)
    with _timed("tokens", seconds):
        known = Vocabulary(tokenizer.to_str())
        taught = bags_of(phrases, known, _processes())
        paired = {
            held.name: (_bags(held.left, known), _bags(held.right, known))
            for held in corpus.pairs(folder, without)
        }
    with _timed("training", seconds):
        goals = teacher.targets(vectors, recipe.plan.dimension)
        rows = sharpened(trained(tokenizer, paired, taught, goals, recipe.plan), taught)
    return Trained(tokenizer, rows, corpus.held_out_pairs(folder, without), seconds)


def described(recipe: Recipe) -> dict[str, object]:
    """Return the recipe as JSON values, for the model's card."""
    return asdict(recipe)


def _tokens(recipe: Recipe, folder: Path, work: Path) -> list[str]:
    kept = work / "counts.json"
    if kept.exists():
        counts = Counter(json.loads(kept.read_text(encoding="utf-8")))
    else:
        counts = vocabulary.counted(corpus.texts(folder), _processes())
        kept.write_text(json.dumps(counts, ensure_ascii=False), encoding="utf-8")
    return vocabulary.chosen(counts, recipe.tokens, recipe.pieces)


def _taught(model: Path, phrases: Sequence[str], work: Path) -> Floats:
    """Return the teacher's vectors; those it was asked for before come from ``work``."""
    kept = work / "taught.npz"
    names = [hashlib.blake2b(phrase.encode(), digest_size=12).hexdigest() for phrase in phrases]
    known: dict[str, Floats] = {}
    if kept.exists():
        with np.load(kept) as held:
            known = dict(zip(held["names"].tolist(), held["vectors"], strict=True))
    new = [place for place, name in enumerate(names) if name not in known]
    if new:
        found = teacher.taught(model, [phrases[place] for place in new])
        known |= {names[place]: row for place, row in zip(new, found, strict=True)}
    vectors = np.stack([known[name] for name in names])
    if new:
        np.savez(kept, names=np.array(names), vectors=vectors.astype(np.float16))
    return vectors.astype(np.float32)


def _bags(texts: Sequence[str], known: Vocabulary) -> Bags:
    return bags_of(texts, known, _processes())


def _processes() -> int:
    return len(os.sched_getaffinity(0))


@contextmanager
def _timed(stage: str, seconds: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - start, 1)
    print(f"{stage}: {seconds[stage]} s", flush=True)
