"""The showcase: what everybody may see and search."""

from __future__ import annotations

from flask import Blueprint

showcase = Blueprint("showcase", __name__)

from matchmaker.web.showcase import (  # noqa: E402
    crawlers,  # noqa: F401
    entries,  # noqa: F401
    home,  # noqa: F401
    organisations,  # noqa: F401
    pages,  # noqa: F401
    quality,  # noqa: F401
    search,  # noqa: F401
)
