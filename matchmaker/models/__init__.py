"""The tables, one subject a file. Importing this package registers every table with `Base`."""

from matchmaker.models.attachments import Attachment
from matchmaker.models.base import Base
from matchmaker.models.corrections import CorrectedClause
from matchmaker.models.drafts import EntryRevision, FormDraft
from matchmaker.models.entries import (
    Achievement,
    CodeCounter,
    Demand,
    Entry,
    EntryFacet,
    EntryLink,
    EntryTranslation,
    Expert,
    Project,
)
from matchmaker.models.events import Event
from matchmaker.models.jobs import Heartbeat, Job, Turn, WorkerSeen
from matchmaker.models.learning import UnmetDemand, WeightVersion
from matchmaker.models.matches import Introduction, Match, Verdict
from matchmaker.models.messages import Mail, Notification
from matchmaker.models.organisations import Organisation, Qualification
from matchmaker.models.people import Membership, PasswordToken, Person
from matchmaker.models.quality import QualitySnapshot
from matchmaker.models.questions import ClauseQuestion
from matchmaker.models.vectors import Vector
from matchmaker.models.watches import NearestMiss, Watch

__all__ = [
    "Achievement",
    "Attachment",
    "Base",
    "ClauseQuestion",
    "CodeCounter",
    "CorrectedClause",
    "Demand",
    "Entry",
    "EntryFacet",
    "EntryLink",
    "EntryRevision",
    "EntryTranslation",
    "Event",
    "Expert",
    "FormDraft",
    "Heartbeat",
    "Introduction",
    "Job",
    "Mail",
    "Match",
    "Membership",
    "NearestMiss",
    "Notification",
    "Organisation",
    "PasswordToken",
    "Person",
    "Project",
    "Qualification",
    "QualitySnapshot",
    "Turn",
    "UnmetDemand",
    "Vector",
    "Verdict",
    "Watch",
    "WeightVersion",
    "WorkerSeen",
]
