"""Figures, dates, money, places: each is put into words in this one place, in both languages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from flask import Flask, request
from flask_babel import format_date, format_datetime, format_decimal, gettext, ngettext

from matchmaker.domain.calendar import SHANGHAI, now, today
from matchmaker.services.taxonomies import Taxonomies
from matchmaker.web.labels import label
from matchmaker.web.language import current_language, script_root
from matchmaker.web.paging import tally

_FEN_IN_WAN = 10_000 * 100
_MILLION = 1_000_000
STATIC = Path(__file__).parent / "static"


def money(fen: int | None) -> str:
    """An amount as its reader counts: in 万元 in Chinese, in yuan elsewhere; "" for none."""
    if fen is None:
        return ""
    if current_language() == "zh":
        figure = format_decimal(Decimal(fen) / _FEN_IN_WAN, format="#,##0.##")
        return gettext("%(figure)s × 10,000 yuan", figure=figure)
    yuan = Decimal(fen) / 100
    if yuan >= _MILLION:
        figure = format_decimal(yuan / _MILLION, format="#,##0.##")
        return gettext("¥%(figure)s million", figure=figure)
    return "¥" + str(format_decimal(yuan, format="#,##0.##"))


def day(value: date | None) -> str:
    """A date as 2026-11-23 is written in the reader's language; "" where there is none."""
    if value is None:
        return ""
    return str(format_date(value, "yyyy-MM-dd" if current_language() == "zh" else "medium"))


def moment(value: datetime | None) -> str:
    """A moment in Asia/Shanghai to the minute; "" where there is none."""
    if value is None:
        return ""
    local = value.astimezone(SHANGHAI)
    pattern = "yyyy-MM-dd HH:mm" if current_language() == "zh" else "d MMM y, HH:mm"
    return str(format_datetime(local, pattern, rebase=False))


def ago(value: date | datetime | None) -> str:
    """How long ago something was, in the largest unit that fits."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        seconds = (now() - value.astimezone(UTC)).total_seconds()
        if seconds < 60:
            return gettext("just now")
        if seconds < 3600:
            minutes = int(seconds // 60)
            return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
        if seconds < 86400:
            hours = int(seconds // 3600)
            return ngettext("%(num)s hour ago", "%(num)s hours ago", hours)
        days = int(seconds // 86400)
    else:
        days = (today() - value).days
    if days <= 0:
        return gettext("today")
    if days < 60:
        return ngettext("%(num)s day ago", "%(num)s days ago", days)
    return ngettext("%(num)s month ago", "%(num)s months ago", days // 30)


def percent(share: float | None) -> str:
    """A share in [0, 1] as a whole percentage."""
    return "" if share is None else f"{share * 100:.0f} %"


def number(value: float | int | None) -> str:
    """A figure with thousands marked."""
    return "" if value is None else str(format_decimal(value))


def file_size(size: int) -> str:
    """A size in kB or MB."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


def asset(path: str) -> str:
    """The address of a static file, with a mark that changes when the file does."""
    return f"{script_root(request.environ)}/static/{path}?v={_fingerprint(path)}"


@cache
def _fingerprint(path: str) -> str:
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"


def term_filter(taxonomies: Taxonomies) -> Callable[[str, str], str]:
    """The filter that names a code of a taxonomy in the reader's language."""

    def term(code: str, scheme: str) -> str:
        return taxonomies.name(scheme, str(code), current_language())

    return term


def register_formatting(app: Flask, taxonomies: Taxonomies) -> None:
    """Make the filters known to the templates."""
    app.jinja_env.filters.update(
        tally=tally,
        money=money,
        day=day,
        moment=moment,
        ago=ago,
        percent=percent,
        number=number,
        file_size=file_size,
        label=label,
        term=term_filter(taxonomies),
    )
    app.jinja_env.globals.update(asset=asset)
