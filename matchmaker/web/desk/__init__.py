"""The broker's desk: matches to review, entries to screen, introductions made."""

from flask import Blueprint

desk = Blueprint("desk", __name__, url_prefix="/desk")

from matchmaker.web.desk import (  # noqa: E402, F401
    asking,
    introductions,
    matches,
    screen,
    screening,
    verdicts,
)
