"""Embeddings by text and model: the same text is never embedded twice by one model."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class Vector(Base):
    """One unit vector, float32 in little-endian order."""

    __tablename__ = "vectors"

    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    model: Mapped[str] = mapped_column(String(120), primary_key=True)
    dimension: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
