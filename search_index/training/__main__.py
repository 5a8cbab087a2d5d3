"""Trains the bundled embedder anew: `make train-embedder CORPUS=folder TEACHER=folder`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from search_index.embedders.static import StaticEmbedder
from search_index.training.corpus import Pairs
from search_index.training.export import written
from search_index.training.recipe import Recipe, described, follow

OUT = Path(__file__).parents[1] / "models" / "static"


def main() -> None:
    """Follow the recipe, write the model, and print what its card needs."""
    options = _options()
    recipe = Recipe()
    made = follow(recipe, options.corpus, options.teacher, options.work)
    size = written(options.out, made.tokenizer, made.rows)
    found = crossing(StaticEmbedder(options.out), made.held_out)
    told = {"recipe": described(recipe), "bytes": size, "seconds": made.seconds, **found}
    print(json.dumps(told, indent=2))


def crossing(embedder: StaticEmbedder, pairs: Pairs) -> dict[str, float]:
    """Return how often the nearest text in the other language is the right one, both ways."""
    nearness = embedder.encode(pairs.left) @ embedder.encode(pairs.right).T
    right = np.arange(len(pairs))
    return {
        "zh-en R@1": float((nearness.argmax(axis=1) == right).mean()),
        "en-zh R@1": float((nearness.argmax(axis=0) == right).mean()),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder of *.jsonl.xz, see models/static")
    parser.add_argument("teacher", type=Path, help="a Chinese sentence-transformers model")
    parser.add_argument("--out", type=Path, default=OUT, help="where the model is written")
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="kept stages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
