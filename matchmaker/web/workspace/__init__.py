"""The workspace: an organisation's own entries, their matches and introductions."""

from __future__ import annotations

from flask import Blueprint

workspace = Blueprint("workspace", __name__, url_prefix="/workspace")

from matchmaker.web.workspace import (  # noqa: E402,F401
    attachments,
    clinic,
    drafts,
    editing,
    entry,
    history,
    introductions,
    links,
    listing,
    matches,
    posting,
    questions,
    steps,
    watching,
)
