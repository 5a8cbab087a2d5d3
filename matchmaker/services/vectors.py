"""Vectors in the database, keyed by text and model: no text is embedded twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.models import Vector as VectorRow
from matchmaker.models.database import Database
from matchmaker.services.documents import text_hash
from search_index.documents import Vector
from search_index.embedders.base import Embedder

#: Texts embedded at once.
BATCH = 64


class Vectors:
    """Finds and makes the vectors of texts.

    Args:
        database: where they are kept.
        embedder: makes the missing ones.
    """

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self.embedder = embedder

    @property
    def model(self) -> str:
        """Name and version of the embedder, as kept with each vector."""
        return f"{self.embedder.name}@{self.embedder.version}"[:120]

    def held(self, texts: Sequence[str]) -> Mapping[str, Vector]:
        """Those of `texts` that have a vector: text → float32 [dimension]."""
        by_hash = {text_hash(text): text for text in texts}
        with self._database.read() as session:
            rows = session.scalars(
                select(VectorRow).where(
                    VectorRow.model == self.model, VectorRow.text_hash.in_(by_hash)
                )
            )
            return {by_hash[row.text_hash]: np.frombuffer(row.data, dtype="<f4") for row in rows}

    def of(self, texts: Sequence[str]) -> Mapping[str, Vector]:
        """The vector of each text; missing ones are made and kept."""
        found = dict(self.held(texts))
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            made = self.embedder.encode(batch)
            with self._database.write() as session:
                for text, vector in zip(batch, made, strict=True):
                    self.keep(session, text, vector)
                    found[text] = vector
        return found

    def keep(self, session: Session, text: str, vector: Vector) -> None:
        """Keep one vector; keeping it twice is no error."""
        dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        row = dialect.insert(VectorRow).values(
            text_hash=text_hash(text),
            model=self.model,
            dimension=len(vector),
            data=np.asarray(vector, dtype="<f4").tobytes(),
        )
        session.execute(row.on_conflict_do_nothing(index_elements=["text_hash", "model"]))
