"""Accounts: signing up, in and out, passwords, profile, notices, forms of lost sessions."""

from __future__ import annotations

from flask import Blueprint

account = Blueprint("account", __name__, url_prefix="/account")

from matchmaker.web.account import joining, passwords, profile, sessions  # noqa: E402,F401
