"""Probes for whoever watches the portal: is it alive, and which engines run?"""

from __future__ import annotations

from flask import Blueprint

from matchmaker.web.security import limiter

probes = Blueprint("probes", __name__)
limiter.exempt(probes)

from matchmaker.web.probes import views  # noqa: E402,F401
