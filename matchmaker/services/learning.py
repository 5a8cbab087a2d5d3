"""Learns from verdicts: fits new weights, tests them on others, lets them go live if not worse."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.actors import SYSTEM
from matchmaker.domain.calendar import now
from matchmaker.domain.learning import WeightState, level_taught
from matchmaker.domain.levels import Level
from matchmaker.matching.fitting import Comparison, Labelled, compare, fit
from matchmaker.matching.weights import Weights, bundled_weights, weights_payload
from matchmaker.models import Match, Verdict, WeightVersion
from matchmaker.models.database import Database
from matchmaker.services.jobs import Jobs, Lease
from matchmaker.services.weighing import Weighing, keep_bundled, live_row, make_live

#: One demand in so many is held out of fitting, always the same ones.
HELD_OUT_OF = 4
#: Held-out pairs and demands without which nothing can be said of new weights.
LEAST_PAIRS, LEAST_DEMANDS = 10, 3


class Learning:
    """Handler of the job `fit_weights`.

    Args:
        database: where verdicts and versions are.
        jobs: to finish leases.
        weighing: the weights in force.
        minimum: verdicts with something to teach that it takes.
    """

    def __init__(self, database: Database, jobs: Jobs, weighing: Weighing, minimum: int) -> None:
        self._database = database
        self._jobs = jobs
        self._weighing = weighing
        self._minimum = minimum

    def learn(self, lease: Lease) -> None:
        """Fit new weights, compare them with those in force, keep both outcomes.

        The version is named after the last verdict it learned from, so a second run over the same
        verdicts changes nothing, and what was rolled back stays so until there are new ones.
        """
        last, pairs = self._judged()
        current = self._weighing.live()
        version = f"{bundled_weights().version.partition('+')[0]}+{last}"
        train, held_out = split(pairs)
        wanted = len(pairs) >= self._minimum and enough(held_out) and not self._known(version)
        new = fit(current, train, version=version) if wanted else None
        comparison = compare(current, new, held_out) if new else None
        with self._database.write() as session:
            self._jobs.finish(session, lease)
            if new and comparison:
                self._keep(session, current, new, comparison, len(train))

    def judged(self) -> list[Labelled]:
        """What standing verdicts teach: pairs with the readings that the broker saw."""
        return self._judged()[1]

    def _judged(self) -> tuple[int, list[Labelled]]:
        with self._database.read() as session:
            rows = session.scalars(
                select(Verdict)
                .join(Match, Match.id == Verdict.match_id)
                .where(Verdict.undone_at.is_(None), Verdict.decision != "snooze")
                .order_by(Verdict.id)
            ).all()
        binding = {verdict.match_id: verdict for verdict in rows}
        pairs = [pair for verdict in binding.values() if (pair := labelled(verdict)) is not None]
        return max((verdict.id for verdict in rows), default=0), pairs

    def _known(self, version: str) -> bool:
        with self._database.read() as session:
            query = select(WeightVersion.id).where(WeightVersion.version == version)
            return session.scalar(query) is not None

    def _keep(
        self, session: Session, current: Weights, new: Weights, held: Comparison, fitted_on: int
    ) -> None:
        keep_bundled(session)
        live = live_row(session)
        row = WeightVersion(
            version=new.version,
            parent=current.version,
            state=WeightState.CANDIDATE if held.not_worse else WeightState.REJECTED,
            weights=weights_payload(new),
            found=new.found,
            fitted_on=fitted_on,
            held_out=held.pairs,
            held_out_demands=held.demands,
            figures=[asdict(figure) for figure in held.figures],
            created_at=now(),
        )
        session.add(row)
        session.flush()
        if held.not_worse and live is not None and live.version == current.version:
            make_live(session, SYSTEM, row, "learn")


def labelled(verdict: Verdict) -> Labelled | None:
    """A verdict as a judged pair; None where it teaches nothing or kept no readings."""
    seen = verdict.seen
    level = level_taught(verdict.decision, verdict.reason, Level(seen["level"]))
    assessment = seen.get("assessment") or {}
    if level is None or not assessment.get("readings"):
        return None
    values = {reading["signal"]: reading["value"] for reading in assessment["readings"]}
    names = (assessment["demand"], assessment["other"], assessment["kind"])
    return Labelled(*names, values, level.rank)


def split(pairs: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Pairs to fit on and pairs held out; all of a demand's go to the same side, always."""
    out = [pair for pair in pairs if _held_out(pair.demand)]
    return [pair for pair in pairs if not _held_out(pair.demand)], out


def enough(held_out: Sequence[Labelled]) -> bool:
    """Whether so many pairs can tell better weights from worse."""
    demands = {pair.demand for pair in held_out}
    return len(held_out) >= LEAST_PAIRS and len(demands) >= LEAST_DEMANDS


def _held_out(demand: str) -> bool:
    return hashlib.sha256(demand.encode()).digest()[0] % HELD_OUT_OF == 0
