"""Days as the region counts them: dates and years are those of Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The day in Asia/Shanghai on which an aware `moment` falls."""
    return moment.astimezone(SHANGHAI).date()


def today() -> date:
    """Today's date in Asia/Shanghai."""
    return local_day(now())
