"""The four databases: a table of what entries share, one a kind, and what hangs on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain import kinds
from matchmaker.domain.kinds import EntryKind, LinkRelation, Visibility
from matchmaker.domain.lifecycles import EntryState
from matchmaker.domain.policy import EntryScope
from matchmaker.models.base import Base, Moment, enumeration
from matchmaker.models.grams import with_search
from matchmaker.models.organisations import Organisation

_BEHIND = text("indexed_version < index_version")


class Entry(Base):
    """What an achievement, demand, project and expert have in common."""

    __tablename__ = "entries"
    __table_args__: tuple[Index, ...] = (
        Index("ix_entries_kind_status_published_at", "kind", "status", "published_at"),
        Index("ix_entries_organisation_id_kind_status", "organisation_id", "kind", "status"),
        Index("ix_entries_status_submitted_at", "status", "submitted_at"),
        Index("ix_entries_status_valid_until", "status", "valid_until"),
        Index("ix_entries_status_published_at_id", "status", "published_at", "id"),
        Index("ix_entries_status_updated_at_id", "status", "updated_at", "id"),
        Index("ix_entries_organisation_id_updated_at", "organisation_id", "updated_at"),
        # Holds all that a count asks for, so that counting does not read the rows.
        Index("ix_entries_counted", "status", "kind", "visibility", "organisation_id", "id"),
        Index("ix_entries_behind", "updated_at", sqlite_where=_BEHIND, postgresql_where=_BEHIND),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enumeration(EntryKind))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    seed_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    #: Names the form it was posted with, so that a form sent twice makes one entry.
    posting: Mapped[str | None] = mapped_column(String(48), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    title: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(default=list)
    fields: Mapped[list[str]] = mapped_column(default=list)
    industries: Mapped[list[str]] = mapped_column(default=list)
    region: Mapped[str] = mapped_column(String(6), default="")
    visibility: Mapped[Visibility] = mapped_column(
        enumeration(Visibility), default=Visibility.PUBLIC
    )
    valid_until: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(8), default="zh")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(200), default="")

    status: Mapped[EntryState] = mapped_column(enumeration(EntryState), default=EntryState.DRAFT)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Why a broker returned it: field name → {"code", "note"}; "" is the entry as a whole.
    return_reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reminded_on: Mapped[date | None]
    #: Raised whenever the search document changes; `indexed_version` follows it.
    index_version: Mapped[int] = mapped_column(default=0)
    indexed_version: Mapped[int] = mapped_column(default=0)
    matched_version: Mapped[int] = mapped_column(default=0)
    #: Character n-grams of all texts, for search while the index is away.
    search_grams: Mapped[str] = mapped_column(Text, default="")
    sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    translations: Mapped[list[EntryTranslation]] = relationship(cascade="all, delete-orphan")
    facets: Mapped[list[EntryFacet]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {
        "polymorphic_on": kind,
        "version_id_col": version,
    }

    @property
    def scope(self) -> EntryScope:
        """What policy needs to know of this entry."""
        return EntryScope(self.organisation_id, self.status, self.visibility)


entries_table = Entry.__table__
assert isinstance(entries_table, Table)
with_search(entries_table)


class Achievement(Entry):
    """A research result on offer."""

    __tablename__ = "achievements"
    __mapper_args__ = {"polymorphic_identity": EntryKind.ACHIEVEMENT}

    id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    benefits: Mapped[str] = mapped_column(Text, default="")
    applications: Mapped[list[str]] = mapped_column(default=list)
    form: Mapped[kinds.AchievementForm | None] = mapped_column(enumeration(kinds.AchievementForm))
    stage: Mapped[kinds.Stage | None] = mapped_column(enumeration(kinds.Stage))
    trl: Mapped[int | None]
    ip_rights: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    registration_number: Mapped[str] = mapped_column(String(60), default="")
    transfer_modes: Mapped[list[str]] = mapped_column(default=list)
    price: Mapped[int | None] = mapped_column(BigInteger)
    price_negotiable: Mapped[bool] = mapped_column(default=False)


class Demand(Entry):
    """A technical need of a firm."""

    __tablename__ = "demands"
    __table_args__ = (Index("ix_demands_deadline_id", "deadline", "id"),)
    __mapper_args__ = {"polymorphic_identity": EntryKind.DEMAND}

    id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    demand_type: Mapped[kinds.DemandType | None] = mapped_column(enumeration(kinds.DemandType))
    clarity: Mapped[kinds.Clarity | None] = mapped_column(enumeration(kinds.Clarity))
    key_technology: Mapped[str] = mapped_column(Text, default="")
    clauses: Mapped[list[str]] = mapped_column(default=list)
    existing_basis: Mapped[str] = mapped_column(Text, default="")
    budget_min: Mapped[int | None] = mapped_column(BigInteger)
    budget_max: Mapped[int | None] = mapped_column(BigInteger)
    deadline: Mapped[date | None]
    solution_modes: Mapped[list[str]] = mapped_column(default=list)


class Project(Entry):
    """A research project, from approval to effect."""

    __tablename__ = "projects"
    __mapper_args__ = {"polymorphic_identity": EntryKind.PROJECT}

    id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(60), default="")
    programme: Mapped[str] = mapped_column(String(120), default="")
    programme_level: Mapped[kinds.ProgrammeLevel | None] = mapped_column(
        enumeration(kinds.ProgrammeLevel)
    )
    partners: Mapped[list[str]] = mapped_column(default=list)
    leader: Mapped[str] = mapped_column(String(80), default="")
    funding: Mapped[int | None] = mapped_column(BigInteger)
    start_on: Mapped[date | None]
    planned_end_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    phase: Mapped[kinds.ProjectPhase | None] = mapped_column(enumeration(kinds.ProjectPhase))
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class Expert(Entry):
    """Somebody with knowledge to share."""

    __tablename__ = "experts"
    __mapper_args__ = {"polymorphic_identity": EntryKind.EXPERT}

    id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    professional_title: Mapped[str] = mapped_column(String(80), default="")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    availability: Mapped[kinds.Availability | None] = mapped_column(enumeration(kinds.Availability))
    engagement_modes: Mapped[list[str]] = mapped_column(default=list)


class EntryFacet(Base):
    """One value by which an entry can be filtered; derived from the entry when it is saved."""

    __tablename__ = "entry_facets"
    __table_args__ = (Index("ix_entry_facets_name_value_entry_id", "name", "value", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)


class EntryTranslation(Base):
    """An entry's texts in another language."""

    __tablename__ = "entry_translations"
    __table_args__ = (UniqueConstraint("entry_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(String(800), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(String(16), default="human")
    reviewed: Mapped[bool] = mapped_column(default=False)


class EntryLink(Base):
    """A tie between two entries, such as an achievement and the project it came from."""

    __tablename__ = "entry_links"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id", "relation"),
        Index(None, "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    to_id: Mapped[int] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    relation: Mapped[LinkRelation] = mapped_column(enumeration(LinkRelation))


class CodeCounter(Base):
    """The last running number given out for a kind in a year."""

    __tablename__ = "code_counters"

    prefix: Mapped[str] = mapped_column(String(2), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
