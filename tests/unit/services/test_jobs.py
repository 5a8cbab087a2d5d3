"""The job table: taken together, handed back, woken again; on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from matchmaker.domain.work import JobKind, JobState
from matchmaker.models import Job
from matchmaker.services.identity import own_name
from matchmaker.services.job_runner import Batching, JobRunner
from matchmaker.services.jobs import Jobs, Lease, LeaseLostError, enqueue
from matchmaker.services.stopping import StopRequested, request_stop, resume
from tests.support.world import World


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    return str(request.param)


@pytest.fixture
def jobs(container: Container) -> Jobs:
    """The table."""
    return container.jobs


def put(container: Container, *subjects: str, kind: JobKind = JobKind.EMBED) -> list[int]:
    with container.database.write() as session:
        return [enqueue(session, kind, subject) for subject in subjects]


def claimed(jobs: Jobs, job_id: int) -> Lease:
    lease = jobs.claim(job_id)
    assert lease is not None
    return lease


def row(container: Container, job_id: int) -> Job:
    with container.database.read() as session:
        return session.get_one(Job, job_id)


def age(container: Container, job_id: int, column: str, seconds: float) -> None:
    with container.database.write() as session:
        job = session.get_one(Job, job_id)
        setattr(job, column, getattr(job, column) - timedelta(seconds=seconds))


def test_jobs_are_queued_by_the_hundred_through_one_connection(
    container: Container, jobs: Jobs
) -> None:
    for _ in range(2):  # the second time each is there already
        put(container, *(f"entry-{number}" for number in range(100)))
    assert jobs.counts()[JobState.PENDING] == 100


def test_jobs_of_one_kind_are_taken_together_and_no_more_than_asked(
    container: Container, jobs: Jobs
) -> None:
    first, *rest = put(container, "a", "b", "c", "d")
    put(container, "a", kind=JobKind.MATCH)
    lease = claimed(jobs, first)
    more = jobs.claim_like(lease, 2)
    assert sorted(held.job_id for held in more) == rest[:2]
    assert {(held.kind, held.tries) for held in more} == {(JobKind.EMBED, 1)}
    assert jobs.counts()[JobState.PENDING] == 2


def test_what_is_not_due_yet_is_not_taken_along(container: Container, jobs: Jobs) -> None:
    first, later = put(container, "a", "b")
    age(container, later, "not_before", -60)
    assert jobs.claim_like(claimed(jobs, first), 5) == []


def test_a_job_handed_back_waits_at_once_and_has_lost_no_try(
    container: Container, jobs: Jobs
) -> None:
    [job_id] = put(container, "a")
    lease = claimed(jobs, job_id)
    jobs.hand_back(lease)
    job = row(container, job_id)
    assert (job.status, job.tries, job.holder, job.error) == (JobState.PENDING, 0, None, "")
    with pytest.raises(LeaseLostError), container.database.write() as session:
        jobs.finish(session, lease)


def test_handing_back_what_somebody_else_holds_by_now_changes_nothing(
    container: Container, jobs: Jobs
) -> None:
    [job_id] = put(container, "a")
    old = claimed(jobs, job_id)
    jobs.hand_back(old)
    claimed(jobs, job_id)
    jobs.hand_back(old)
    assert row(container, job_id).status is JobState.RUNNING


def test_what_a_dead_process_held_is_handed_back_and_counts_as_a_try(
    container: Container, jobs: Jobs
) -> None:
    held, other = put(container, "a", "b")
    claimed(jobs, held)
    assert jobs.hand_back_of(["another:abc:1"], blame=True) == 0
    assert jobs.hand_back_of([own_name()], blame=True) == 1
    job = row(container, held)
    assert (job.status, job.tries) == (JobState.PENDING, 1)
    assert "worker stopped" in job.error
    assert row(container, other).tries == 0


def test_a_job_that_kills_its_worker_every_time_is_given_up(
    container: Container, jobs: Jobs
) -> None:
    [job_id] = put(container, "poison")
    for _ in range(6):
        claimed(jobs, job_id)
        jobs.hand_back_of([own_name()], blame=True)
    assert row(container, job_id).status is JobState.DEAD


def test_a_job_handed_back_makes_way_for_one_that_was_queued_meanwhile(
    container: Container, jobs: Jobs
) -> None:
    [job_id] = put(container, "a")
    lease = claimed(jobs, job_id)
    put(container, "a")
    jobs.hand_back(lease)
    assert row(container, job_id).status is JobState.DONE
    assert jobs.counts()[JobState.PENDING] == 1


def test_a_long_backlog_is_woken_once_and_again_after_a_while(
    container: Container, jobs: Jobs
) -> None:
    first, second = put(container, "a", "b")
    assert [number for _, number in jobs.reap()] == [first, second]
    assert jobs.reap() == []
    age(container, first, "woken_at", 21)
    assert jobs.reap() == [(JobKind.EMBED, first)]


def test_what_could_not_be_woken_is_woken_at_the_next_look(
    container: Container, jobs: Jobs
) -> None:
    put(container, "a", "b")
    waiting = jobs.reap()
    jobs.unwake(waiting[1:])
    assert jobs.reap() == waiting[1:]


def test_a_failed_job_is_woken_as_soon_as_its_next_try_is_due(
    container: Container, jobs: Jobs
) -> None:
    [job_id] = put(container, "a")
    jobs.reap()
    jobs.fail(claimed(jobs, job_id), "no")
    age(container, job_id, "not_before", 60)
    assert jobs.reap() == [(JobKind.EMBED, job_id)]


class Together:
    """Does several jobs in one go, or one alone; can be spoilt by one subject, or asked to stop."""

    def __init__(self, container: Container, spoilt_by: str = "", *, stops: bool = False) -> None:
        self._container = container
        self._spoilt_by = spoilt_by
        self._stops = stops
        self.batches: list[int] = []

    def __call__(self, leases: Sequence[Lease]) -> None:
        self.batches.append(len(leases))
        if self._stops:
            raise StopRequested
        if self._spoilt_by in {lease.subject for lease in leases}:
            raise ValueError(self._spoilt_by)
        with self._container.database.write() as session:
            for lease in leases:
                self._container.jobs.finish(session, lease)

    def runner(self) -> JobRunner:
        kind = JobKind.EMBED
        return JobRunner(
            self._container.jobs, {kind: lambda lease: self([lease])}, {kind: Batching(self, 3)}
        )


def test_one_message_has_all_that_wait_done_in_one_go(container: Container, jobs: Jobs) -> None:
    first, *_ = put(container, "a", "b", "c", "d")
    together = Together(container)
    assert together.runner().run(first)
    assert together.batches == [3]
    assert jobs.counts()[JobState.DONE] == 3


def test_one_job_that_fails_does_not_hold_up_those_it_was_taken_with(
    container: Container, jobs: Jobs
) -> None:
    first, bad, _ = put(container, "a", "bad", "c")
    together = Together(container, spoilt_by="bad")
    assert together.runner().run(first)
    assert together.batches == [3, 1, 1, 1]
    assert jobs.counts()[JobState.DONE] == 2
    assert "ValueError: bad" in row(container, bad).error


def test_a_process_that_ends_hands_all_back_that_it_took_together(
    container: Container, jobs: Jobs
) -> None:
    first, *_ = put(container, "a", "b", "c")
    with pytest.raises(StopRequested):
        Together(container, stops=True).runner().run(first)
    assert jobs.counts()[JobState.PENDING] == 3
    assert row(container, first).tries == 0


def test_a_process_that_ends_begins_nothing(container: Container, jobs: Jobs) -> None:
    [job_id] = put(container, "a")
    together = Together(container)
    request_stop()
    try:
        with pytest.raises(StopRequested):
            together.runner().run(job_id)
    finally:
        resume()
    assert together.batches == []
    assert row(container, job_id).status is JobState.PENDING


def test_entries_posted_together_are_embedded_in_one_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    embedder = world.container.embedder
    encode = embedder.encode

    def counted(texts: Sequence[str]) -> object:
        calls.append(len(texts))
        return encode(texts)

    entries = [
        world.published("firm", EntryKind.DEMAND, title=f"高盐矿井水处理降本第{number}期")
        for number in range(4)
    ]
    with monkeypatch.context() as patched:
        patched.setattr(embedder, "encode", counted)
        [(_, job_id), *_] = world.container.jobs.due()
        assert world.container.runner.run(job_id)
    assert calls == [4]
    world.work()
    assert all(world.reload(entry).matched_version > 0 for entry in entries)


def test_an_entry_whose_lease_was_lost_spoils_no_batch(world: World) -> None:
    container = world.container
    for number in range(3):
        world.published("firm", EntryKind.DEMAND, title=f"高盐矿井水处理降本第{number}期")
    lease = claimed(container.jobs, container.jobs.due()[0][1])
    more = container.jobs.claim_like(lease, 5)
    container.jobs.hand_back(more[0])
    container.indexing.embed_together([lease, *more])
    assert container.jobs.counts()[JobState.DONE] == 2
    waiting = Counter(kind for kind, _ in container.jobs.due())
    assert (waiting[JobKind.EMBED], waiting[JobKind.INDEX]) == (1, 2)
