"""The kinds of entries and the closed vocabularies their fields use."""

from __future__ import annotations

from enum import StrEnum


class EntryKind(StrEnum):
    """The four databases."""

    ACHIEVEMENT = "achievement"
    DEMAND = "demand"
    PROJECT = "project"
    EXPERT = "expert"

    @property
    def prefix(self) -> str:
        """The two letters that open the public code of an entry of this kind."""
        return _PREFIXES[self]


_PREFIXES = {
    EntryKind.ACHIEVEMENT: "CG",
    EntryKind.DEMAND: "XQ",
    EntryKind.PROJECT: "XM",
    EntryKind.EXPERT: "ZJ",
}

#: The kinds a demand can be matched with.
OTHER_SIDE = (EntryKind.ACHIEVEMENT, EntryKind.EXPERT, EntryKind.PROJECT)


def partners_of(kind: EntryKind) -> tuple[EntryKind, ...]:
    """The kinds that an entry of `kind` can be matched with."""
    return OTHER_SIDE if kind is EntryKind.DEMAND else (EntryKind.DEMAND,)


class Visibility(StrEnum):
    """Who may see a published entry, from the widest to the narrowest circle."""

    PUBLIC = "public"
    REGISTERED = "registered"
    BROKERS = "brokers"


class OrganisationKind(StrEnum):
    """What an organisation is."""

    UNIVERSITY = "university"
    INSTITUTE = "institute"
    FIRM = "firm"
    SERVICE = "service"
    CARRIER = "carrier"
    DEPARTMENT = "department"


class OrganisationStatus(StrEnum):
    """Whether an organisation may act on the platform."""

    PENDING = "pending"
    ACTIVE = "active"
    REFUSED = "refused"


class Stage(StrEnum):
    """How far an achievement has come."""

    LABORATORY = "laboratory"
    SMALL_TRIAL = "small_trial"
    PILOT = "pilot"
    DEMONSTRATION = "demonstration"
    INDUSTRIAL = "industrial"


class AchievementForm(StrEnum):
    """What the achievement is, as a thing."""

    PRODUCT = "product"
    PROCESS = "process"
    DEVICE = "device"
    MATERIAL = "material"
    SOFTWARE = "software"
    VARIETY = "variety"
    SERVICE = "service"
    STANDARD = "standard"


class IpType(StrEnum):
    """Kinds of intellectual property."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    SOFTWARE = "software"
    PLANT_VARIETY = "plant_variety"
    KNOW_HOW = "know_how"
    OTHER = "other"


class IpStatus(StrEnum):
    """Where a piece of intellectual property stands."""

    GRANTED = "granted"
    APPLIED = "applied"
    REGISTERED = "registered"
    SECRET = "secret"


class TransferMode(StrEnum):
    """Ways in which a result changes hands; names and explanations are in the taxonomy."""

    TRANSFER = "transfer"
    LICENCE = "licence"
    EQUITY = "equity"
    JOINT_DEVELOPMENT = "joint_development"
    SERVICE = "service"


class Clarity(StrEnum):
    """How sharply a demand is put."""

    CLEAR = "clear"
    FUZZY = "fuzzy"
    CONCEPT = "concept"


class DemandType(StrEnum):
    """What a demand asks for."""

    TECHNICAL_PROBLEM = "technical_problem"
    PROCUREMENT = "procurement"
    SCENARIO = "scenario"
    TALENT = "talent"
    PILOT_SITE = "pilot_site"


class ProgrammeLevel(StrEnum):
    """Who runs the programme a project belongs to."""

    NATIONAL = "national"
    REGION = "region"
    CITY = "city"
    DISTRICT = "district"
    ENTERPRISE = "enterprise"
    OTHER = "other"


class ProjectPhase(StrEnum):
    """The four phases of a project: 立项, 实施, 验收, 效果."""

    APPROVAL = "approval"
    IMPLEMENTATION = "implementation"
    ACCEPTANCE = "acceptance"
    EFFECT = "effect"


class IndicatorKind(StrEnum):
    """What a project's milestone is measured by."""

    TECHNICAL = "technical"
    ECONOMIC = "economic"
    TALENT = "talent"


class ExpertiseType(StrEnum):
    """What shows an expert's competence."""

    PAPER = "paper"
    PATENT = "patent"
    PROJECT = "project"
    AWARD = "award"
    STANDARD = "standard"


class Availability(StrEnum):
    """Whether an expert can take on work now."""

    AVAILABLE = "available"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


class EngagementMode(StrEnum):
    """Forms of flexible engagement (柔性引才)."""

    WEEKEND = "weekend"
    PART_TIME = "part_time"
    PROJECT = "project"
    CONSULTING = "consulting"
    REMOTE = "remote"
    TRAINING = "training"


class LinkRelation(StrEnum):
    """How one entry is tied to another: achievement → project, achievement → expert, ..."""

    OUTCOME_OF = "outcome_of"
    INVENTED_BY = "invented_by"
    LED_BY = "led_by"
    RAISED_BY = "raised_by"


class EntryLanguage(StrEnum):
    """Languages an entry can be written in."""

    ZH = "zh"
    EN = "en"
