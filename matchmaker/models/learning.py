"""What the portal has learned: versions of the weights, and demands that nothing meets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.learning import WeightState
from matchmaker.models.base import Base, Moment, enumeration
from matchmaker.models.entries import Entry

_LIVE = text("state = 'live'")


class WeightVersion(Base):
    """One set of weights with the figures it was judged by; never changed but for its state."""

    __tablename__ = "weight_versions"
    __table_args__ = (
        Index(
            "uq_weight_versions_live",
            "state",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(32), unique=True)
    #: Version it was fitted from and is compared with; "" for weights that came with the portal.
    parent: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[WeightState] = mapped_column(enumeration(WeightState))
    #: As `matching.weights.weights_payload` writes it.
    weights: Mapped[dict[str, Any]]
    found: Mapped[str] = mapped_column(Text, default="")
    #: Judged pairs it was fitted on, and those it was compared with its parent on.
    fitted_on: Mapped[int] = mapped_column(default=0)
    held_out: Mapped[int] = mapped_column(default=0)
    held_out_demands: Mapped[int] = mapped_column(default=0)
    #: name, old, new, low, high, rising: the fields of `matching.fitting.Figure`.
    figures: Mapped[list[dict[str, Any]]]
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class UnmetDemand(Base):
    """A published demand without a fair match, and the cluster that it belongs to."""

    __tablename__ = "unmet_demands"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    cluster: Mapped[int] = mapped_column(index=True)
    #: Its keywords, or the words of its title, with how often each stands there.
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    mapped_on: Mapped[date]

    entry: Mapped[Entry] = relationship()
