"""What the frame of every page shows: names, navigation, languages, banners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext

from matchmaker.domain.actors import Role
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.policy import Permission, allows
from matchmaker.i18n import LANGUAGES
from matchmaker.web.access import current_actor, services
from matchmaker.web.labels import LABELS, label
from matchmaker.web.language import address_in, current_language

#: The role named beside a person's name, the weightiest first.
_WEIGHT = (Role.ADMIN, Role.OFFICIAL, Role.OFFICER, Role.BROKER, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Link:
    """One item of a navigation."""

    label: str
    url: str
    active: bool = False
    count: int | None = None


def register_frame(app: Flask) -> None:
    """Give the frame's values to every template."""
    app.context_processor(_frame)
    app.jinja_env.globals.update(switch_language_url=address_in, languages=list(LANGUAGES.items()))


def _frame() -> dict[str, Any]:
    settings = services().settings
    language = current_language()
    name = settings.site_name if language == "zh" else settings.site_name_en
    names = {"site_name": name, "language": language}
    # The page of a failure asks nothing of what may have failed.
    return names if g.get("failed") else {**names, **_around_the_page()}


def _around_the_page() -> dict[str, Any]:
    actor = current_actor()
    return {
        "actor": actor,
        "account_role": _role_name(),
        "unread_count": services().notices.unread(actor.person_id) if actor.person_id else 0,
        "site_links": _site_links(),
        "nav_main": _main_links(),
        "nav_areas": _area_links(),
        "banners": [_banner(engine) for engine in services().health.degraded()],
        "canonical_url": request.base_url,
    }


def _site_links() -> dict[str, str]:
    return {
        "home": url_for("showcase.home"),
        "search": url_for("showcase.search"),
        "post_demand": url_for("workspace.new", kind="demand") if _may_try_to_post() else "",
        "sign_in": url_for("account.sign_in"),
        "sign_up": url_for("account.sign_up"),
        "sign_out": url_for("account.sign_out"),
        "account": url_for("account.profile"),
        "notifications": url_for("account.notifications"),
        "about": url_for("showcase.about"),
        "help": url_for("showcase.help"),
        "quality": url_for("showcase.quality"),
    }


def _may_try_to_post() -> bool:
    """Visitors are asked to sign in; staff who belong to no organisation have nothing to post."""
    actor = current_actor()
    return not actor.signed_in or not actor.roles or allows(actor, Permission.POST)


def _main_links() -> list[Link]:
    kinds = request.args.getlist("kind") if request.endpoint == "showcase.search" else []
    links = [Link(gettext("Home"), url_for("showcase.home"), request.endpoint == "showcase.home")]
    links += [
        Link(
            str(LABELS["entry_kinds"][kind]),
            url_for("showcase.search", kind=str(kind)),
            kinds == [str(kind)],
        )
        for kind in (EntryKind.ACHIEVEMENT, EntryKind.DEMAND, EntryKind.EXPERT, EntryKind.PROJECT)
    ]
    links.append(_link(gettext("Organisations"), "showcase.organisations"))
    return links


def _area_links() -> list[Link]:
    actor = current_actor()
    links = []
    if allows(actor, Permission.POST):
        links += [
            _link(gettext("My entries"), "workspace.entries"),
            _link(gettext("My matches"), "workspace.matches"),
            _link(gettext("Introductions"), "workspace.introductions"),
            _link(gettext("Questions"), "workspace.questions", services().questions.waiting(actor)),
        ]
    if allows(actor, Permission.REVIEW):
        counts = services().review.counts(actor)
        links += [
            _link(gettext("Matches to review"), "desk.queue", counts.new),
            _link(gettext("Screening"), "desk.screening", counts.screening),
            _link(gettext("Introductions made"), "desk.introductions"),
        ]
    if allows(actor, Permission.SURVEY):
        links.append(_link(gettext("Unmet demands"), "unmet.overview"))
    if allows(actor, Permission.ADMINISTER):
        links += [
            _link(gettext("Organisations"), "admin.organisations"),
            _link(gettext("People"), "admin.people"),
            _link(gettext("Background work"), "admin.work"),
            _link(gettext("Weights"), "admin.weights"),
            _link(gettext("Outbox"), "admin.mail"),
            _link(gettext("Audit"), "admin.audit"),
        ]
    return links


def _link(name: str, endpoint: str, count: int = 0) -> Link:
    return Link(name, url_for(endpoint), request.endpoint == endpoint, count)


def _role_name() -> str:
    roles = current_actor().roles
    held = next((role for role in _WEIGHT if role in roles), None)
    return label(held, "role") if held else ""


def _banner(engine: str) -> str:
    return {
        "index": gettext(
            "Search runs in a simpler way just now; some near matches may be missing."
        ),
        "index_writes": gettext(
            "What is new or changed can be searched for a little later; nothing is lost."
        ),
        "worker": gettext("Background work is paused; what you post is kept and follows later."),
    }.get(engine, "")
