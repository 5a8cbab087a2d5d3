"""The operator's area: organisations, people, jobs, weights, outbox, audit."""

from flask import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/admin")

from matchmaker.web.admin import records, register, weights, work  # noqa: E402, F401
