"""The application factory: a Flask portal around the services of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_babel import Babel
from werkzeug.routing import IntegerConverter, Map

from matchmaker.i18n import CATALOGUES, DEFAULT_LANGUAGE
from matchmaker.web.access import register_access
from matchmaker.web.account import account
from matchmaker.web.admin import admin
from matchmaker.web.asking import PortalRequest
from matchmaker.web.desk import desk
from matchmaker.web.errors import register_errors
from matchmaker.web.formatting import STATIC, register_formatting
from matchmaker.web.frame import register_frame
from matchmaker.web.language import LanguageMiddleware, current_language
from matchmaker.web.observing import register_observing
from matchmaker.web.paging import LARGEST
from matchmaker.web.probes import probes
from matchmaker.web.security import register_security
from matchmaker.web.showcase import showcase
from matchmaker.web.styleguide import register_styleguide
from matchmaker.web.traced_services import traced
from matchmaker.web.unmet import unmet
from matchmaker.web.workspace import workspace

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container


class RowNumber(IntegerConverter):
    """A number in an address that a database can hold; a larger one leads nowhere."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **options})


def create_app(container: Container) -> Flask:
    """Build the portal.

    Args:
        container: the services it uses.

    Returns:
        A WSGI application.
    """
    app = Flask("matchmaker.web", static_folder=str(STATIC), static_url_path="/static")
    app.request_class = PortalRequest
    app.extensions["matchmaker"] = traced(container)
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # First, so that whatever refuses a request after it is told of under the request's name.
    register_observing(app, container)
    register_security(app, container.settings)
    register_access(app)
    Babel(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_translation_directories=str(CATALOGUES),
        locale_selector=current_language,
    )
    register_formatting(app, container.taxonomies)
    register_frame(app)
    register_errors(app)
    for area in (showcase, account, workspace, desk, unmet, admin, probes):
        app.register_blueprint(area)
    register_styleguide(app, container.settings)
    app.wsgi_app = LanguageMiddleware(app.wsgi_app)  # type: ignore[method-assign]
    return app
