"""Who asks, and may they? Every route declares a permission; none is open by forgetting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from matchmaker.domain.actors import VISITOR, Actor
from matchmaker.domain.errors import ForbiddenError
from matchmaker.domain.policy import Permission, allows
from matchmaker.models import Person

if TYPE_CHECKING:
    from matchmaker.bootstrap import Container

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "_matchmaker_permission"
#: Routes of libraries that serve files everybody may read.
_OPEN_ENDPOINTS = frozenset({"static"})


class SessionUser(UserMixin):
    """What the session knows of a person: number, epoch of the password, and the actor.

    Args:
        actor: the person with roles.
        epoch: raised when the password changes; an older session no longer holds.
    """

    def __init__(self, actor: Actor, epoch: int) -> None:
        self.actor = actor
        self._epoch = epoch

    def get_id(self) -> str:
        """Number and epoch in one text, as kept in the session."""
        return f"{self.actor.person_id}.{self._epoch}"


def services() -> Container:
    """The services of the running portal."""
    return cast("Container", current_app.extensions["matchmaker"])


def current_actor() -> Actor:
    """Who asks; `VISITOR` where nobody is signed in."""
    user = current_user._get_current_object()
    return user.actor if isinstance(user, SessionUser) else VISITOR


def known_actor() -> Actor | None:
    """Who asks, if anything in this request had to know; None where nothing had."""
    user = g.get("_login_user")
    return user.actor if isinstance(user, SessionUser) else VISITOR if user else None


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare what a route asks of its caller.

    The check without a particular entry is made before the view runs; a view about one entry
    reads it through a service, which makes the rest.
    """

    def declare(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return declare


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """The permission a view declares, or None."""
    return getattr(view, _MARK, None)


def session_user(person: Person, actor: Actor) -> SessionUser:
    """The user to sign in for a person."""
    return SessionUser(actor, person.session_epoch)


def register_access(app: Flask) -> None:
    """Load the person behind each session and check each route's permission."""
    # Templates ask for `actor`; the library's own value would be loaded for every error page.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = "basic"
    manager.user_loader(_load_user)
    app.before_request(_check_permission)


def undeclared_routes(app: Flask) -> list[str]:
    """Endpoints that declare no permission; there must be none."""
    return sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in _OPEN_ENDPOINTS and permission_of(view) is None
    )


def _load_user(user_id: str) -> SessionUser | None:
    number, _, epoch = user_id.partition(".")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    actor = services().accounts.actor(int(number), int(epoch))
    return SessionUser(actor, int(epoch)) if actor else None


def _check_permission() -> Response | None:
    if request.endpoint is None or request.endpoint in _OPEN_ENDPOINTS:
        return None
    permission = permission_of(current_app.view_functions[request.endpoint])
    if permission is None:
        raise ForbiddenError("undeclared_route")
    g.permission = permission
    if permission is Permission.OPEN or allows(current_actor(), permission):
        return None
    if current_actor().signed_in:
        waits = permission is Permission.POST and not current_actor().roles
        raise ForbiddenError("organisation_not_approved" if waits else "not_allowed")
    return _kept_form() or redirect(url_for("account.sign_in", next=_return_path() or None))


def _kept_form() -> Response | None:
    """A form sent by somebody who is no longer signed in comes back after signing in."""
    from matchmaker.web.account.recovery import stash_form

    return stash_form()


def _return_path() -> str:
    if request.method != "GET":
        return ""
    query = request.query_string.decode("utf-8", "replace")
    return request.script_root + request.path + ("?" + query if query else "")
