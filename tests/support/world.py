"""A small world for tests: a firm, another firm, a university, and the staff of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.actors import Actor, Role
from matchmaker.domain.calendar import now, today
from matchmaker.domain.kinds import EntryKind, OrganisationKind, OrganisationStatus
from matchmaker.models import Entry, Membership, Organisation, Person
from matchmaker.services.accounts import Accounts, SignUp

PASSWORD = "a-long-enough-secret"
#: As weak as argon2 allows: tests sign in often and guard nothing.
FAST_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

PEOPLE: Mapping[str, tuple[str, Role]] = {
    "firm": ("示例甲企业", Role.MEMBER),
    "rival": ("示例乙企业", Role.MEMBER),
    "university": ("示例大学", Role.MEMBER),
    "broker": ("示例经纪公司", Role.BROKER),
    "broker2": ("示例经纪公司", Role.BROKER),
    "official": ("示例科技局", Role.OFFICIAL),
    "admin": ("示例科技局", Role.ADMIN),
}
_KINDS = {
    "示例甲企业": OrganisationKind.FIRM,
    "示例乙企业": OrganisationKind.FIRM,
    "示例大学": OrganisationKind.UNIVERSITY,
    "示例经纪公司": OrganisationKind.SERVICE,
    "示例科技局": OrganisationKind.DEPARTMENT,
}

_COMMON: Mapping[str, Any] = {
    "fields": ["water.mine"],
    "industries": ["06"],
    "region": "150627",
    "language": "zh",
    "visibility": "public",
    "contact_name": "技术科",
    "contact_phone": "000-0000-0000",
    "contact_email": "contact@example.org",
}
DEMAND: Mapping[str, Any] = {
    **_COMMON,
    "title": "高盐矿井水处理降本",
    "summary": "希望把矿井水处理成本降到每吨 8 元以下，并把盐分质回用。",
    "body": "我矿日产矿井水约 6000 吨，含盐量 9-12 g/L，现用反渗透加蒸发，吨水成本 13 元。"
    "希望吨水处理成本低于 8 元，结晶盐能分质回用。",
    "keywords": ["矿井水", "分质结晶", "零排放"],
    "demand_type": "technical_problem",
    "clarity": "clear",
    "clauses": ["吨水处理成本低于 8 元", "氯化钠纯度不低于 98 %"],
    "budget_max": 300_000_000,
    "solution_modes": ["licence", "joint_development"],
}
ACHIEVEMENT: Mapping[str, Any] = {
    **_COMMON,
    "title": "高盐矿井水低温多效蒸发与分质结晶技术",
    "summary": "用矿区余热把高盐矿井水变成回用水和合格工业盐，吨水成本 7.2 元。",
    "body": "针对含盐 8-15 g/L 的矿井水，以 60-75 ℃ 余热驱动低温多效蒸发，氯化钠与硫酸钠分质结晶，"
    "氯化钠纯度 98.6 %，吨水直接运行成本 7.2 元，示范线连续运行 4300 小时。",
    "keywords": ["矿井水", "低温多效蒸发", "分质结晶"],
    "benefits": "比现有反渗透加蒸发工艺的吨水成本低四成。",
    "applications": ["煤矿", "煤化工园区"],
    "form": "process",
    "stage": "pilot",
    "trl": 6,
    "transfer_modes": ["licence"],
    "price_negotiable": True,
}
PROJECT: Mapping[str, Any] = {
    **_COMMON,
    "title": "矿井水分质结晶中试研究",
    "summary": "研究高盐矿井水分质结晶的中试工艺。",
    "body": "围绕高盐矿井水的蒸发与分质结晶开展中试研究，验证连续运行与产品盐纯度。",
    "keywords": ["矿井水", "中试"],
    "programme": "示例科技计划",
    "programme_level": "region",
    "phase": "implementation",
}
EXPERT: Mapping[str, Any] = {
    **_COMMON,
    "title": "示例专家·水处理甲",
    "name": "示例专家·水处理甲",
    "summary": "从事高盐废水蒸发结晶研究的示例专家。",
    "body": "长期研究高盐矿井水的膜浓缩与蒸发结晶，主持过示例项目两项。",
    "keywords": ["高盐废水", "蒸发结晶"],
    "availability": "available",
    "engagement_modes": ["consulting"],
}
VALUES: Mapping[EntryKind, Mapping[str, Any]] = {
    EntryKind.DEMAND: DEMAND,
    EntryKind.ACHIEVEMENT: ACHIEVEMENT,
    EntryKind.PROJECT: PROJECT,
    EntryKind.EXPERT: EXPERT,
}


def email_of(who: str) -> str:
    """The sign-in address of one of `PEOPLE`."""
    return f"{who}@example.org"


def populate(container: Container) -> None:
    """Add the organisations and people of the small world."""
    accounts = Accounts(container.database, container.notices, FAST_HASHER)
    with container.database.write() as session:
        organisations = {}
        for name, kind in _KINDS.items():
            organisations[name] = Organisation(
                name=name,
                kind=kind,
                region="150603",
                status=OrganisationStatus.ACTIVE,
                created_at=now(),
            )
        session.add_all(organisations.values())
        session.flush()
        for who, (organisation, role) in PEOPLE.items():
            sign_up = SignUp(who.capitalize(), email_of(who), PASSWORD, "zh")
            person = accounts.create(session, sign_up, sample=True)
            session.add(
                Membership(
                    person_id=person.id,
                    organisation_id=organisations[organisation].id,
                    role=role,
                    created_at=now(),
                )
            )


@dataclass(frozen=True, slots=True)
class World:
    """Shortcuts through the services, for setting a scene."""

    container: Container

    def actor(self, who: str) -> Actor:
        """One of `PEOPLE` as the services see them."""
        with self.container.database.read() as session:
            person = session.scalars(select(Person).where(Person.email == email_of(who))).one()
        actor = self.container.accounts.actor(person.id, person.session_epoch)
        assert actor is not None
        return actor

    def draft(self, who: str, kind: EntryKind, **values: Any) -> Entry:
        """A draft of this person's organisation, complete but for what `values` change."""
        actor = self.actor(who)
        typed = {**VALUES[kind], "valid_until": today() + timedelta(days=365), **values}
        [organisation_id] = actor.organisations
        return self.container.editing.create(actor, kind, organisation_id, typed)

    def submitted(self, who: str, kind: EntryKind, **values: Any) -> Entry:
        """An entry that waits for screening."""
        entry = self.draft(who, kind, **values)
        return self.container.steps.submit(self.actor(who), entry.code, entry.version)

    def published(self, who: str, kind: EntryKind, **values: Any) -> Entry:
        """A published entry whose background work has not run yet."""
        entry = self.submitted(who, kind, **values)
        broker = self.actor("broker")
        return self.container.screening.publish(broker, entry.code, entry.version)

    def work(self) -> int:
        """Run all background work that is due, in this thread."""
        return self.container.runner.drain()

    def reload(self, entry: Entry) -> Entry:
        """The entry as it stands now."""
        with self.container.database.read() as session:
            return session.get_one(Entry, entry.id)
