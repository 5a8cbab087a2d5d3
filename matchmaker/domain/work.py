"""The kinds of background work and the rules of trying again."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class JobKind(StrEnum):
    """What a job does; its subject says to what."""

    EMBED = "embed"
    INDEX = "index"
    MATCH = "match"
    MATCH_AGAIN = "match_again"
    INTRODUCE = "introduce"
    SEND_MAIL = "send_mail"
    EXPIRE = "expire"
    REBUILD = "rebuild"
    ROLL_BACK = "roll_back"
    REPAIR = "repair"
    REMATCH = "rematch"
    MEASURE = "measure"
    FIT_WEIGHTS = "fit_weights"
    MAP_UNMET = "map_unmet"


#: What is done once a day; the subject of such a job is the day.
DAILY = (JobKind.EXPIRE, JobKind.MEASURE, JobKind.FIT_WEIGHTS, JobKind.MAP_UNMET)


class WorkQueue(StrEnum):
    """Where work waits; each may have workers of its own."""

    #: Work of seconds that somebody waits for.
    INTERACTIVE = "interactive"
    #: Work of minutes or in thousands, which must never stand before a posting.
    BULK = "bulk"
    #: What waits for a mail server, which may be slow.
    MAIL = "mail"
    #: What the schedule calls: looks of milliseconds that everything else relies on.
    SCHEDULE = "schedule"


#: Every kind stands here; a test sees to it.
QUEUE_OF: Mapping[JobKind, WorkQueue] = {
    JobKind.EMBED: WorkQueue.INTERACTIVE,
    JobKind.INDEX: WorkQueue.INTERACTIVE,
    JobKind.MATCH: WorkQueue.INTERACTIVE,
    JobKind.INTRODUCE: WorkQueue.INTERACTIVE,
    JobKind.SEND_MAIL: WorkQueue.MAIL,
    JobKind.MATCH_AGAIN: WorkQueue.BULK,
    JobKind.REBUILD: WorkQueue.BULK,
    JobKind.ROLL_BACK: WorkQueue.BULK,
    JobKind.REPAIR: WorkQueue.BULK,
    JobKind.REMATCH: WorkQueue.BULK,
    JobKind.EXPIRE: WorkQueue.BULK,
    JobKind.MEASURE: WorkQueue.BULK,
    JobKind.FIT_WEIGHTS: WorkQueue.BULK,
    JobKind.MAP_UNMET: WorkQueue.BULK,
}


class JobState(StrEnum):
    """Where a job stands; `dead` waits for a person."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Exponential backoff with full jitter.

    Attributes:
        most_tries: tries after which a job is dead.
        first_wait: seconds before the second try at the most.
        longest_wait: seconds no wait exceeds.
        away_wait: seconds at the most between tries that found an engine away.
    """

    most_tries: int = 6
    first_wait: float = 2.0
    longest_wait: float = 600.0
    away_wait: float = 30.0

    def wait(self, tries: int, chance: random.Random | None = None) -> float:
        """Seconds to wait after `tries` failed tries.

        Half of the doubled step is fixed and half random: retries spread out, yet never come
        at once (the "equal jitter" of Brooker, "Exponential Backoff And Jitter", 2015).
        """
        step = min(self.longest_wait, self.first_wait * 2.0 ** max(0, tries - 1))
        return self._spread(step, chance)

    def wait_for_engine(self, chance: random.Random | None = None) -> float:
        """Seconds to wait after a try that found an engine away, which counts as none."""
        return self._spread(self.away_wait, chance)

    @staticmethod
    def _spread(step: float, chance: random.Random | None) -> float:
        return step / 2 + (chance or random.Random()).uniform(0, step / 2)

    def exhausted(self, tries: int) -> bool:
        """Whether a job that failed `tries` times is given up."""
        return tries >= self.most_tries


RETRIES = RetryRule()
