"""Trains the rows of the static embedder: by pairs that belong together, and after a teacher.

A text's vector is the mean of its tokens' rows. Each step pulls together the two halves of pairs
and pushes apart all others of the batch (multiple negatives ranking, Henderson et al. 2017), for
the whole vector and for its beginnings (Matryoshka, Kusupati et al. 2022), and holds a batch of
short phrases to their teacher's vectors. Half of the batches are made of near texts, so that the
negatives are hard.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import (
    MatryoshkaLoss,
    MultipleNegativesRankingLoss,
)
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer
from torch.nn import functional

from search_index.training.bags import Bags

Floats = NDArray[np.float32]
Features = dict[str, torch.Tensor]
Paired = Mapping[str, tuple[Bags, Bags]]

PARTS = (1.0, 0.5, 0.25)
"""The beginnings of a vector that are trained as vectors, and what each counts for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How training goes: everything that its outcome depends on besides the texts."""

    dimension: int = 192
    steps: int = 1500
    batch: int = 1024
    phrases: int = 2048
    tokens: int = 128
    rate: float = 0.01
    scale: float = 20.0
    teacher_scale: float = 15.0
    hard_share: float = 0.5
    seed: int = 1


def trained(
    tokenizer: Tokenizer, paired: Paired, taught: Bags, targets: Floats, plan: Plan
) -> Floats:
    """Return the rows: float32 [vocabulary, plan.dimension]; that of the unknown token is zero.

    ``paired`` holds both halves of pairs by kind; ``targets`` float32 [len(taught), dimension]
    are the teacher's vectors of the phrases in ``taught``.
    """
    torch.manual_seed(plan.seed)
    start = beginning(tokenizer.get_vocab_size(), paired, taught, targets)
    training = _Training(tokenizer, start, paired, plan)
    goals = torch.from_numpy(targets)
    for step in range(plan.steps):
        training.step(step, taught, goals)
    return training.rows()


def beginning(size: int, paired: Paired, taught: Bags, targets: Floats) -> Floats:
    """Return the rows that training starts from, float32 [size, dimension].

    A token begins as the mean vector of the phrases it stands in, as long as it is rare.
    """
    from scipy.sparse import csr_matrix

    owner = np.repeat(np.arange(len(taught)), np.diff(taught.starts))
    holds = csr_matrix(
        (np.ones(len(owner), np.float32), (taught.ids, owner)), shape=(size, len(taught))
    )
    sums = np.asarray(holds @ targets)
    random = np.random.default_rng(0).normal(size=sums.shape) * 0.3
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    directions = np.where(lengths > 0, sums, random)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    counts = sum(np.bincount(bags.ids, minlength=size) for both in paired.values() for bags in both)
    rarity = np.log(np.sum(counts) / (np.asarray(counts) + 100))
    rows: Floats = (directions * np.clip(rarity / rarity.mean(), 0.1, 2)[:, None]).astype(
        np.float32
    )
    rows[0] = 0
    return rows


class _Training:
    """The model under training with its losses, and where batches come from."""

    def __init__(self, tokenizer: Tokenizer, start: Floats, paired: Paired, plan: Plan) -> None:
        self._plan = plan
        self._paired = paired
        self._chance = np.random.default_rng(plan.seed)
        self._bag = StaticEmbedding(tokenizer, embedding_weights=start)
        self._model = SentenceTransformer(modules=[self._bag, Normalize()], device="cpu")
        self._loss = _contrast(self._model, plan)
        self._optimiser = torch.optim.Adam(self._model.parameters(), lr=plan.rate, fused=True)
        self._names = list(paired)
        sizes = np.array([len(paired[name][0]) for name in self._names]) ** 0.7
        self._odds = sizes / sizes.sum()
        self._told = time.perf_counter()

    def step(self, number: int, taught: Bags, goals: torch.Tensor) -> None:
        """Take one step of contrast and of teaching together."""
        self._slow_down(number)
        left, right = self._paired[self._names[self._chance.choice(len(self._names), p=self._odds)]]
        rows = self._rows_of(left)
        contrast = self._loss(
            [self._features(left, rows), self._features(right, rows)], torch.arange(len(rows))
        )
        asked = self._chance.choice(
            len(taught), min(self._plan.phrases, len(taught)), replace=False
        )
        said = self._bag(self._features(taught, asked))["sentence_embedding"]
        lesson = _lesson(said, goals[torch.from_numpy(asked)], self._plan)
        self._optimiser.zero_grad()
        (contrast + lesson).backward()
        weight = self._bag.embedding.weight
        weight.grad[0] = 0  # the unknown token stays silent
        self._optimiser.step()
        self._tell(number, contrast.item(), lesson.item())

    def rows(self) -> Floats:
        """Return the rows as they are now."""
        held: Floats = self._bag.embedding.weight.detach().numpy().astype(np.float32)
        return held

    def _features(self, bags: Bags, rows: NDArray[np.int64]) -> Features:
        ids, offsets = bags.drawn(rows, self._plan.tokens, self._chance)
        return {"input_ids": torch.from_numpy(ids), "offsets": torch.from_numpy(offsets)}

    def _rows_of(self, bags: Bags) -> NDArray[np.int64]:
        """Draw a batch: any texts, or some and those among a larger draw that are near to them."""
        size = min(self._plan.batch, len(bags))
        if self._chance.random() >= self._plan.hard_share or len(bags) < 4 * size:
            return self._chance.choice(len(bags), size, replace=False)
        wide = self._chance.choice(len(bags), 4 * size, replace=False)
        with torch.inference_mode():
            found = self._bag(self._features(bags, wide))["sentence_embedding"]
            unit = functional.normalize(found)
            near = (unit @ unit[: size // 32].T).topk(32, dim=0).indices
        chosen: NDArray[np.int64] = wide[np.unique(near.numpy())]
        return chosen

    def _slow_down(self, number: int) -> None:
        """Warm up over 50 steps, then lower the rate in a straight line to a hundredth."""
        left = 1 - number / self._plan.steps
        for group in self._optimiser.param_groups:
            group["lr"] = self._plan.rate * (min(1.0, (number + 1) / 50) * left + 0.01)

    def _tell(self, number: int, contrast: float, lesson: float) -> None:
        if number % 100 == 0:
            passed = time.perf_counter() - self._told
            print(f"step {number}: contrast {contrast:.3f}, lesson {lesson:.3f}, {passed:.0f} s")


def _contrast(model: Any, plan: Plan) -> Callable[[list[Features], torch.Tensor], torch.Tensor]:
    ranking = MultipleNegativesRankingLoss(
        model,
        scale=plan.scale,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    dimensions = [int(plan.dimension * part) for part in PARTS]
    weights = [part / sum(PARTS) for part in PARTS]
    loss: Callable[[list[Features], torch.Tensor], torch.Tensor] = MatryoshkaLoss(
        model, ranking, dimensions, weights
    )
    return loss


def _lesson(said: torch.Tensor, goals: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Return how far phrases are from their teacher's vectors, and from its order of neighbours.

    The first part is 1 − cosine for each beginning of the vector, the second the divergence of
    the two distributions of similarity to all other phrases of the batch.
    """
    apart = torch.zeros(())
    for part in PARTS:
        size = int(plan.dimension * part)
        cosine = functional.cosine_similarity(said[:, :size], goals[:, :size])
        apart = apart + 2 * part * (1 - cosine).mean()
    unit = functional.normalize(said, dim=1)
    itself = torch.eye(len(unit), dtype=torch.bool)
    ours = (unit @ unit.T * plan.teacher_scale).masked_fill(itself, -1e4)
    theirs = (goals @ goals.T * plan.teacher_scale).masked_fill(itself, -1e4)
    return apart + functional.kl_div(
        functional.log_softmax(ours, dim=1),
        functional.softmax(theirs, dim=1),
        reduction="batchmean",
    )
