"""How a process connects to PostgreSQL: the pool, and how long a statement may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections that a process keeps to PostgreSQL; SQLite keeps one a thread.

    Attributes:
        size: kept open.
        overflow: opened besides while all are busy.
        wait: seconds that somebody waits for a free one.
        recycle: seconds after which a connection is replaced; -1 for never.
        pre_ping: whether a connection is tried before it is lent, so that a server that was
            restarted meanwhile is noticed in time.
    """

    size: int = 8
    overflow: int = 8
    wait: float = 10.0
    recycle: int = 1800
    pre_ping: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds after which PostgreSQL gives up; 0 is never.

    Attributes:
        statement: a statement that runs.
        lock: a statement that waits for a row or table that somebody else holds.
    """

    statement: float = 0.0
    lock: float = 0.0

    @property
    def options(self) -> str:
        """As the server takes them when a connection opens."""
        return (
            f"-c statement_timeout={round(self.statement * 1000)} "
            f"-c lock_timeout={round(self.lock * 1000)}"
        )


#: What holds where nobody chose otherwise.
USUAL_POOL = Pool()
NO_LIMITS = Limits()
