"""Organisations and their dated qualifications."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.kinds import OrganisationKind, OrganisationStatus
from matchmaker.models.base import Base, Moment, enumeration


class Organisation(Base):
    """A university, institute, firm, service body, carrier or department."""

    __tablename__ = "organisations"
    __table_args__ = (Index("ix_organisations_status_kind_name", "status", "kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    name_en: Mapped[str] = mapped_column(String(200), default="")
    short_name: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[OrganisationKind] = mapped_column(enumeration(OrganisationKind))
    region: Mapped[str] = mapped_column(String(6))
    about: Mapped[str] = mapped_column(Text, default="")
    about_en: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[OrganisationStatus] = mapped_column(
        enumeration(OrganisationStatus), default=OrganisationStatus.PENDING
    )
    #: Edits of a trusted organisation's published entries show at once and are screened later.
    trusted: Mapped[bool] = mapped_column(default=False)
    sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)

    qualifications: Mapped[list[Qualification]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class Qualification(Base):
    """A recognised standing of an organisation, with the dates it runs."""

    __tablename__ = "qualifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(48))
    level: Mapped[str] = mapped_column(String(32), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    granted_on: Mapped[date | None]
    valid_until: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(back_populates="qualifications")
