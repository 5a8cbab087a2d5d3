"""Foundation: organisations, people, and the four databases.

Revision ID: 0001_foundation
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matchmaker.migrations.shorthand import index, key, points_to, unique, unique_where

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _organisations()
    _qualifications()
    _people()
    _memberships()
    _password_tokens()
    _entries()
    _code_counters()
    _achievements()
    _demands()
    _projects()
    _experts()
    _entry_facets()
    _entry_translations()
    _entry_links()
    _attachments()
    _form_drafts()
    _entry_revisions()


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_en", sa.String(200), nullable=False),
        sa.Column("short_name", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_en", sa.Text(), nullable=False),
        sa.Column("website", sa.String(200), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        key("organisations", "id"),
        unique("organisations", "key"),
        unique("organisations", "name"),
    )
    index("organisations", "status")


def _qualifications() -> None:
    op.create_table(
        "qualifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(48), nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        key("qualifications", "id"),
        points_to("qualifications", "organisation_id", "organisations"),
    )
    index("qualifications", "organisation_id")


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        key("people", "id"),
        unique("people", "email"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("region", sa.String(6), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        key("memberships", "id"),
        unique("memberships", "person_id", "organisation_id", "role"),
        points_to("memberships", "person_id", "people"),
        points_to("memberships", "organisation_id", "organisations"),
    )
    index("memberships", "organisation_id")


def _password_tokens() -> None:
    op.create_table(
        "password_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        key("password_tokens", "id"),
        unique("password_tokens", "token_hash"),
        points_to("password_tokens", "person_id", "people"),
    )
    index("password_tokens", "person_id")


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("seed_key", sa.String(80), nullable=True),
        sa.Column("posting", sa.String(48), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("summary", sa.String(400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("industries", sa.JSON(), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("visibility", sa.String(32), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("contact_name", sa.String(80), nullable=False),
        sa.Column("contact_phone", sa.String(40), nullable=False),
        sa.Column("contact_email", sa.String(200), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reasons", sa.JSON(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("index_version", sa.Integer(), nullable=False),
        sa.Column("indexed_version", sa.Integer(), nullable=False),
        sa.Column("matched_version", sa.Integer(), nullable=False),
        sa.Column("search_grams", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        key("entries", "id"),
        unique("entries", "code"),
        unique("entries", "seed_key"),
        unique("entries", "posting"),
        points_to("entries", "organisation_id", "organisations"),
        points_to("entries", "author_id", "people"),
    )
    index("entries", "kind", "status", "published_at")
    index("entries", "organisation_id", "kind", "status")
    index("entries", "status", "submitted_at")
    index("entries", "status", "valid_until")


def _code_counters() -> None:
    op.create_table(
        "code_counters",
        sa.Column("prefix", sa.String(2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        key("code_counters", "prefix", "year"),
    )


def _achievements() -> None:
    op.create_table(
        "achievements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("benefits", sa.Text(), nullable=False),
        sa.Column("applications", sa.JSON(), nullable=False),
        sa.Column("form", sa.String(32), nullable=True),
        sa.Column("stage", sa.String(32), nullable=True),
        sa.Column("trl", sa.Integer(), nullable=True),
        sa.Column("ip_rights", sa.JSON(), nullable=False),
        sa.Column("registration_number", sa.String(60), nullable=False),
        sa.Column("transfer_modes", sa.JSON(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("price_negotiable", sa.Boolean(), nullable=False),
        key("achievements", "id"),
        points_to("achievements", "id", "entries"),
    )


def _demands() -> None:
    op.create_table(
        "demands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demand_type", sa.String(32), nullable=True),
        sa.Column("clarity", sa.String(32), nullable=True),
        sa.Column("key_technology", sa.Text(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("existing_basis", sa.Text(), nullable=False),
        sa.Column("budget_min", sa.BigInteger(), nullable=True),
        sa.Column("budget_max", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("solution_modes", sa.JSON(), nullable=False),
        key("demands", "id"),
        points_to("demands", "id", "entries"),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("programme", sa.String(120), nullable=False),
        sa.Column("programme_level", sa.String(32), nullable=True),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("leader", sa.String(80), nullable=False),
        sa.Column("funding", sa.BigInteger(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("phase", sa.String(32), nullable=True),
        sa.Column("milestones", sa.JSON(), nullable=False),
        key("projects", "id"),
        points_to("projects", "id", "entries"),
    )


def _experts() -> None:
    op.create_table(
        "experts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("professional_title", sa.String(80), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("availability", sa.String(32), nullable=True),
        sa.Column("engagement_modes", sa.JSON(), nullable=False),
        key("experts", "id"),
        points_to("experts", "id", "entries"),
    )


def _entry_facets() -> None:
    op.create_table(
        "entry_facets",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        key("entry_facets", "entry_id", "name", "value"),
        points_to("entry_facets", "entry_id", "entries", "CASCADE"),
    )
    index("entry_facets", "name", "value")


def _entry_translations() -> None:
    op.create_table(
        "entry_translations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("summary", sa.String(800), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        key("entry_translations", "id"),
        unique("entry_translations", "entry_id", "language"),
        points_to("entry_translations", "entry_id", "entries", "CASCADE"),
    )


def _entry_links() -> None:
    op.create_table(
        "entry_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(32), nullable=False),
        key("entry_links", "id"),
        unique("entry_links", "from_id", "to_id", "relation"),
        points_to("entry_links", "from_id", "entries", "CASCADE"),
        points_to("entry_links", "to_id", "entries", "CASCADE"),
    )
    index("entry_links", "to_id")


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        key("attachments", "id"),
        points_to("attachments", "entry_id", "entries"),
        points_to("attachments", "uploaded_by_id", "people"),
    )
    index("attachments", "entry_id")


def _form_drafts() -> None:
    op.create_table(
        "form_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("form", sa.String(64), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        key("form_drafts", "id"),
        unique("form_drafts", "token_hash"),
        points_to("form_drafts", "person_id", "people"),
    )
    unique_where(
        "uq_form_drafts_person_id_form",
        "form_drafts",
        ["person_id", "form"],
        "person_id IS NOT NULL",
    )


def _entry_revisions() -> None:
    op.create_table(
        "entry_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        key("entry_revisions", "id"),
        points_to("entry_revisions", "entry_id", "entries"),
        points_to("entry_revisions", "author_id", "people"),
        points_to("entry_revisions", "decided_by_id", "people"),
    )
    index("entry_revisions", "entry_id")
    index("entry_revisions", "status", "created_at")
