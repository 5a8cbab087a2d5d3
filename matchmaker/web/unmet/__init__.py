"""The map of unmet demands: what the region asks for and nothing on the platform meets."""

from flask import Blueprint

unmet = Blueprint("unmet", __name__, url_prefix="/unmet")

from matchmaker.web.unmet import export, handing, views  # noqa: E402, F401
