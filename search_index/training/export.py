"""Writes a trained static embedder as a folder that numpy and sentence-transformers both read."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from search_index.embedders.static import DIGEST, ROWS

_PACKAGE = "sentence_transformers.sentence_transformer.modules"
_MODULES = (
    {"idx": 0, "name": "0", "path": "", "type": f"{_PACKAGE}.static_embedding.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{_PACKAGE}.normalize.Normalize"},
)
_CONFIG: dict[str, object] = {
    "prompts": {},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}


def written(folder: Path, tokenizer: Tokenizer, rows: NDArray[np.float32]) -> int:
    """Write the model into ``folder``; return its size in bytes.

    Rows (float32 [tokens, dimension]) become half-precision numbers, scaled so that none is lost
    to rounding at either end; the scale says nothing, since vectors are brought to unit length.
    """
    folder.mkdir(parents=True, exist_ok=True)
    halves = (rows / np.abs(rows).max()).astype(np.float16)
    digest = blake2b(tokenizer.to_str().encode() + halves.tobytes(), digest_size=6).hexdigest()
    save_file({ROWS: halves}, folder / "model.safetensors", metadata={DIGEST: digest})
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(folder / "modules.json", _MODULES)
    _write_json(folder / "config_sentence_transformers.json", _CONFIG)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
