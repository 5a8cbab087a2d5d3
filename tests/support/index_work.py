"""Work on the index in tests: a portal that works beside a command, and an index to go back to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from matchmaker.bootstrap import Container
from matchmaker.domain.kinds import EntryKind
from tests.support.world import World


@contextmanager
def working(portal: Container) -> Iterator[None]:
    """A thread works through the jobs of a portal for as long as the block runs."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.02):
            portal.runner.drain()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def changed_after_a_rebuild(world: World) -> tuple[str, set[str]]:
    """An index before this one, which lacks an entry and holds one that was withdrawn since.

    Returns:
        Its name, and the codes that it must show once it serves again.
    """
    early = world.published("firm", EntryKind.DEMAND)
    gone = world.published("university", EntryKind.ACHIEVEMENT)
    world.work()
    before = world.container.index.metadata.name
    world.container.rebuilding.rebuild()
    late = world.published("rival", EntryKind.DEMAND)
    world.container.steps.withdraw(world.actor("university"), gone.code)
    world.work()
    return before, {early.code, late.code}
