"""Who may do what: every route, in each state that matters, and what each person meets there."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from tests.support.scene import PDF, Scene, tomorrow
from tests.support.world import DEMAND, PASSWORD

#: The columns of the table. The demand is the firm's, the achievements are the university's, and
#: the rival has nothing to do with either.
ROLES = ("visitor", "firm", "university", "rival", "broker", "official", "admin")

EVERYBODY = "ok      ok  ok  ok  ok  ok  ok"
SIGNED_IN = "sign-in ok  ok  ok  ok  ok  ok"
MEMBERS = "sign-in ok  ok  ok  403 403 403"
ADMIN = "sign-in 403 403 403 403 403 ok"
SURVEYORS = "sign-in 403 403 403 ok  ok  ok"
BROKER = "sign-in 403 403 403 ok  403 403"
BROKER_FINDS_NOTHING = "sign-in 403 403 403 404 403 403"
FIRM = "sign-in ok  404 404 403 403 403"
# A script is told in words; a page to sign in would be lost on it.
MEMBERS_BY_SCRIPT = "401 ok  ok  ok  403 403 403"
FIRM_BY_SCRIPT = "401 ok  404 404 403 403 403"
UNIVERSITY = "sign-in 404 ok  404 403 403 403"
NO_MEMBER = "sign-in 404 404 404 403 403 403"
SIDES = "sign-in ok  ok  404 403 403 403"
NOBODY = "404     404 404 404 404 404 404"
FIRM_AND_STAFF = "404     ok  404 404 ok  ok  ok"
FIRM_ALONE = "404     ok  404 404 404 404 404"
UNIVERSITY_AND_STAFF = "404     404 ok  404 ok  ok  ok"
REGISTERED = "404     ok  ok  ok  ok  ok  ok"

Arguments = Mapping[str, Any]
Form = Callable[[Scene], Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        endpoint: the route.
        outcomes: what each of `ROLES` meets: ok, sign-in, or the status of an error.
        method: GET or POST.
        about: parameter of the address → name in the scene, or a value as it stands.
        form: what is posted.
        state: what tells this line from others of the route.
    """

    endpoint: str
    outcomes: str
    method: str = "GET"
    about: Arguments = field(default_factory=dict)
    form: Mapping[str, Any] | Form = field(default_factory=dict)
    state: str = ""

    @property
    def expected(self) -> dict[str, str]:
        """Role → what it meets."""
        return dict(zip(ROLES, self.outcomes.split(), strict=True))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.endpoint, self.state)))


def get(endpoint: str, outcomes: str, state: str = "", /, **about: Any) -> Row:
    """A line on a page."""
    return Row(endpoint, outcomes, "GET", about, state=state or _state(about))


def post(
    endpoint: str,
    outcomes: str,
    form: Mapping[str, Any] | Form | None = None,
    state: str = "",
    /,
    **about: Any,
) -> Row:
    """A line on a deed."""
    return Row(endpoint, outcomes, "POST", about, form or {}, state or _state(about))


def _state(about: Arguments) -> str:
    return "-".join(str(value) for value in about.values())


def with_version(name: str, **fields: str) -> Form:
    """A form that was made from what stands in the scene."""
    return lambda scene: {"version": scene.versions[name], **fields}


def typed(name: str, **fields: str) -> Form:
    """The whole form of an entry that stands in the scene."""
    return lambda scene: {**TYPED, "version": scene.versions[name], **fields}


def with_number(field_name: str, name: str, **fields: Any) -> Form:
    """A form that names something of the scene."""
    return lambda scene: {**fields, field_name: scene.numbers[name]}


def a_file(scene: Scene) -> Mapping[str, Any]:
    """A form with a file."""
    return {"file": (io.BytesIO(PDF), "a.pdf")}


TYPED = {
    "title": DEMAND["title"],
    "summary": DEMAND["summary"],
    "body": DEMAND["body"],
    "keywords": "矿井水",
    "fields": "water.mine",
    "industries": "06",
    "region": "150627",
    "language": "zh",
    "visibility": "public",
    "demand_type": "technical_problem",
    "valid_until": tomorrow(90),
    "contact_name": "技术科",
    "contact_phone": "000-0000-0000",
}
NEW_PASSWORD = "another-long-secret"
ANSWER = {"version": 1, "answer": "3600 小时"}
REMARK = {"reason-body": "vague"}
CHANGED_PASSWORD = {
    "old_password": PASSWORD,
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
}
SIGNING_UP = {
    "name": "新来者",
    "email": "second-newcomer@example.com",
    "password": NEW_PASSWORD,
    "password_again": NEW_PASSWORD,
    "organisation_name": "示例新企业",
    "organisation_kind": "firm",
    "region": "150603",
}

TABLE = [
    # What everybody may read
    get("static", EVERYBODY, filename="css/tokens.css"),
    get("probes.alive", EVERYBODY),
    get("probes.ready", EVERYBODY),
    get("probes.metrics", NOBODY, "without a token"),
    get("styleguide.components", EVERYBODY),
    get("showcase.home", EVERYBODY),
    get("showcase.about", EVERYBODY),
    get("showcase.help", EVERYBODY),
    get("showcase.quality", EVERYBODY),
    get("showcase.quality_data", EVERYBODY),
    get("showcase.robots", EVERYBODY),
    get("showcase.sitemap", EVERYBODY),
    get("showcase.search", EVERYBODY),
    get("showcase.organisations", EVERYBODY),
    get("showcase.organisation", EVERYBODY, number="organisation"),
    get("showcase.organisation", NOBODY, number="pending"),
    get("showcase.organisation", NOBODY, number=999_999),
    # Entries by visibility and state
    get("showcase.entry", EVERYBODY, code="demand"),
    get("showcase.entry", REGISTERED, code="registered"),
    get("showcase.entry", UNIVERSITY_AND_STAFF, code="brokers"),
    get("showcase.entry", FIRM_ALONE, code="draft"),
    get("showcase.entry", FIRM_AND_STAFF, code="submitted"),
    get("showcase.entry", FIRM_AND_STAFF, code="returned"),
    get("showcase.entry", FIRM_AND_STAFF, code="rejected"),
    get("showcase.entry", FIRM_AND_STAFF, code="withdrawn"),
    get("showcase.entry", FIRM_AND_STAFF, code="expired"),
    get("showcase.entry", EVERYBODY, code="concluded"),
    get("showcase.entry", NOBODY, code="XQ-2026-999999"),
    get("showcase.entry", NOBODY, code="nonsense"),
    get("showcase.attachment", EVERYBODY, code="demand", number="file_of_demand"),
    get("showcase.attachment", REGISTERED, code="registered", number="file_of_registered"),
    get("showcase.attachment", UNIVERSITY_AND_STAFF, code="brokers", number="file_of_brokers"),
    get("showcase.attachment", FIRM_ALONE, code="draft", number="file_of_draft"),
    get("showcase.attachment", NOBODY, code="demand", number="file_of_brokers"),
    # Accounts
    get("account.sign_in", EVERYBODY),
    post("account.enter", EVERYBODY, {"email": "rival@example.org", "password": PASSWORD}),
    post("account.sign_out", EVERYBODY),
    get("account.sign_up", EVERYBODY),
    post("account.join", EVERYBODY, SIGNING_UP),
    get("account.forgotten", EVERYBODY),
    post("account.send_reset", EVERYBODY, {"email": "rival@example.org"}),
    get("account.reset", EVERYBODY, token="token"),
    post("account.set_by_token", EVERYBODY, CHANGED_PASSWORD, token="token"),
    get("account.profile", SIGNED_IN),
    get("account.notifications", SIGNED_IN),
    post("account.read_notifications", SIGNED_IN),
    get("account.password", SIGNED_IN),
    post("account.change_password", SIGNED_IN, CHANGED_PASSWORD),
    # An organisation's own
    get("workspace.entries", MEMBERS),
    get("workspace.matches", MEMBERS),
    get("workspace.introductions", MEMBERS),
    get("workspace.choose", MEMBERS),
    get("workspace.new", MEMBERS, kind="demand"),
    get("workspace.new", NO_MEMBER, kind="nonsense"),
    post("workspace.create", MEMBERS, TYPED, kind="demand"),
    post("workspace.create", MEMBERS, {**TYPED, "then": "submit"}, "and-submit", kind="demand"),
    post("workspace.create", NO_MEMBER, TYPED, kind="nonsense"),
    post(
        "workspace.create",
        "sign-in ok 403 403 403 403 403",
        with_number("organisation", "organisation", **TYPED),
        "for-the-firm",
        kind="demand",
    ),
    post("workspace.autosave", MEMBERS_BY_SCRIPT, TYPED, form="new:demand"),
    post("workspace.autosave", FIRM_BY_SCRIPT, TYPED, "edit", form="edit:draft"),
    post("workspace.advise", MEMBERS, TYPED, form="new:demand"),
    post("workspace.discard", MEMBERS, form="new:demand"),
    *(
        get(f"workspace.{page}", outcomes, code=code)
        for page in (
            "entry",
            "edit",
            "entry_matches",
            "links",
            "progress",
            "ask_withdraw",
            "ask_conclude",
        )
        for code, outcomes in (
            ("demand", FIRM),
            ("draft", FIRM),
            ("submitted", FIRM),
            ("open", "sign-in 404 ok 404 403 403 403"),
            ("brokers", "sign-in 404 ok 404 403 403 403"),
            ("XQ-2026-999999", NO_MEMBER),
        )
    ),
    get("workspace.history", "sign-in ok 404 404 ok  ok  ok", code="demand"),
    get("workspace.history", "sign-in ok 404 404 ok  ok  ok", code="submitted"),
    get("workspace.history", "sign-in ok 404 404 404 404 404", code="draft"),
    get("workspace.history", "sign-in 404 ok 404 ok  ok  ok", code="brokers"),
    post("workspace.save", FIRM, typed("draft"), code="draft"),
    post("workspace.save", FIRM, typed("draft", then="submit"), "and-submit", code="draft"),
    post("workspace.save", FIRM, typed("demand"), code="demand"),
    post("workspace.save", FIRM, typed("returned"), code="returned"),
    post("workspace.resolve", FIRM, typed("draft"), code="draft"),
    post("workspace.submit", FIRM, with_version("draft"), code="draft"),
    post("workspace.submit", FIRM, with_version("returned"), code="returned"),
    post("workspace.recall", FIRM, code="submitted"),
    post("workspace.reopen", FIRM, code="withdrawn"),
    post("workspace.confirm", FIRM, code="demand"),
    post("workspace.confirm", FIRM, code="expired"),
    post("workspace.copy", FIRM, code="demand"),
    post("workspace.copy", FIRM, code="rejected"),
    post("workspace.withdraw", FIRM, {"reason": "no_longer_needed"}, code="demand"),
    post("workspace.conclude", FIRM, {"note": "已签约"}, code="demand"),
    post("workspace.set_links", FIRM, code="demand"),
    post("workspace.attach", FIRM, a_file, code="demand"),
    post("workspace.attach", FIRM, a_file, code="draft"),
    post("workspace.detach", FIRM, code="demand", number="file_of_demand"),
    post("workspace.detach", NO_MEMBER, code="demand", number="file_of_brokers"),
    get("workspace.introduction", SIDES, match="introduced"),
    get("workspace.introduction", NO_MEMBER, match="approved"),
    get("workspace.introduction", NO_MEMBER, match="suggested"),
    get("workspace.introduction", NO_MEMBER, match=999_999),
    post("workspace.answer", SIDES, {"answer": "interested"}, match="introduced"),
    post(
        "workspace.answer",
        SIDES,
        {"answer": "no", "reason": "timing"},
        "declines",
        match="introduced",
    ),
    post("workspace.answer", NO_MEMBER, {"answer": "interested"}, match="suggested"),
    get("workspace.questions", MEMBERS),
    get("workspace.question", UNIVERSITY, number="question"),
    get("workspace.question", NO_MEMBER, number=999_999),
    post("workspace.reply", UNIVERSITY, ANSWER, number="question"),
    post(
        "workspace.reply", UNIVERSITY, {"version": 1, "unable": "yes"}, "can't", number="question"
    ),
    post("workspace.reply", NO_MEMBER, ANSWER, number=999_999),
    post("workspace.watch", FIRM, {"level": "fair"}, code="demand"),
    post("workspace.watch", NO_MEMBER, {"level": "fair"}, code="XQ-2026-999999"),
    post("workspace.unwatch", FIRM, code="demand"),
    # The broker's desk
    get("desk.queue", BROKER),
    get("desk.introductions", BROKER),
    get("desk.screening", BROKER),
    get("desk.screen", BROKER, code="submitted"),
    get("desk.screen", BROKER_FINDS_NOTHING, code="draft"),
    get("desk.screen", BROKER_FINDS_NOTHING, code="demand"),
    get("desk.match", BROKER, number="suggested"),
    get("desk.match", BROKER, number="held_back"),
    get("desk.match", BROKER, number="approved"),
    get("desk.match", BROKER, number="introduced"),
    get("desk.match", BROKER_FINDS_NOTHING, number=999_999),
    post("desk.ask", BROKER, {"clause": "氯化钠纯度不低于 98 %"}, number="suggested"),
    post("desk.ask", BROKER_FINDS_NOTHING, {"clause": "x"}, number=999_999),
    post("desk.take_back", BROKER, number="question"),
    post("desk.take_back", BROKER_FINDS_NOTHING, number=999_999),
    post(
        "desk.decide",
        BROKER,
        with_version("suggested", decision="approve"),
        "approves",
        number="suggested",
    ),
    post(
        "desk.decide",
        BROKER,
        with_version("suggested", decision="introduce"),
        "introduces",
        number="suggested",
    ),
    post(
        "desk.decide",
        BROKER,
        with_version("suggested", decision="reject", reason="stale"),
        "rejects",
        number="suggested",
    ),
    post(
        "desk.decide",
        BROKER,
        with_version("suggested", decision="snooze", until=tomorrow(7)),
        "snoozes",
        number="suggested",
    ),
    post(
        "desk.assign",
        BROKER,
        lambda scene: {
            "version": scene.versions["suggested"],
            "person": scene.numbers["person_broker2"],
        },
        number="suggested",
    ),
    post("desk.undo", BROKER, number="approved"),
    post("desk.introduce_now", BROKER, number="approved"),
    post("desk.introduce_now", BROKER_FINDS_NOTHING, number=999_999),
    post(
        "desk.judge",
        BROKER,
        with_version("submitted", decision="publish"),
        "publishes",
        code="submitted",
    ),
    post(
        "desk.judge",
        BROKER,
        with_version("submitted", decision="return", **REMARK),
        "returns",
        code="submitted",
    ),
    post(
        "desk.judge",
        BROKER,
        with_version("submitted", decision="reject", reason="duplicate"),
        "rejects",
        code="submitted",
    ),
    post("desk.judge", BROKER_FINDS_NOTHING, {"version": 1, "decision": "publish"}, code="draft"),
    post("desk.judge_edit", BROKER, {"decision": "accept"}, "accepts", number="edit"),
    post(
        "desk.judge_edit", BROKER, {"decision": "no", "note": "依据不足"}, "refuses", number="edit"
    ),
    post("desk.judge_edit", BROKER_FINDS_NOTHING, {"decision": "accept"}, number=999_999),
    # The operator
    get("admin.organisations", ADMIN),
    post("admin.decide_organisation", ADMIN, {"decision": "approve"}, "approves", number="pending"),
    post(
        "admin.decide_organisation",
        ADMIN,
        {"decision": "refuse", "note": "资料不全"},
        "refuses",
        number="pending",
    ),
    post(
        "admin.decide_organisation", ADMIN, {"decision": "trust"}, "trusts", number="organisation"
    ),
    get("admin.people", ADMIN),
    post("admin.set_access", ADMIN, {"active": "no"}, number="person_rival"),
    get("admin.work", ADMIN),
    get("admin.jobs", ADMIN),
    post("admin.retry", ADMIN, number="job"),
    post("admin.retry_all", ADMIN),
    get("admin.ask_drop", ADMIN, number="job"),
    post("admin.drop", ADMIN, number="job"),
    get("admin.weights", ADMIN),
    get("admin.ask_activate", ADMIN, version="learned-7"),
    post("admin.activate_weights", ADMIN, version="learned-7"),
    get("admin.ask_roll_back", ADMIN),
    post("admin.roll_back", ADMIN),
    post("admin.fit_weights", ADMIN),
    get("unmet.overview", SURVEYORS),
    get("unmet.export", SURVEYORS),
    get("unmet.ask_hand", BROKER, number="cluster"),
    post("unmet.hand", BROKER, with_number("organisation", "receiver"), number="cluster"),
    get("admin.mail", ADMIN),
    get("admin.audit", ADMIN),
]


def address_of(app: Flask, scene: Scene, row: Row) -> str:
    """Where a line of the table leads in a scene."""
    values = {name: scene.argument(name, value) for name, value in row.about.items()}
    with app.test_request_context():
        return app.url_for(row.endpoint, **values)  # type: ignore[arg-type]


def form_of(scene: Scene, row: Row) -> Mapping[str, Any]:
    """What a line of the table sends in a scene."""
    return row.form(scene) if callable(row.form) else row.form
