"""Pages of text: what the platform is, and how to use it."""

from __future__ import annotations

from flask import render_template

from matchmaker.domain.policy import Permission
from matchmaker.web.access import requires
from matchmaker.web.showcase import showcase


@showcase.get("/about")
@requires(Permission.OPEN)
def about() -> str:
    """What the platform is, how it matches, and who sees what."""
    return render_template("showcase/about.html")


@showcase.get("/help")
@requires(Permission.OPEN)
def help() -> str:
    """States, keys, languages, and where to ask."""
    return render_template("showcase/help.html")
