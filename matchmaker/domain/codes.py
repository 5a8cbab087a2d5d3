"""Public codes of entries, such as CG-2026-000123."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matchmaker.domain.kinds import EntryKind

_PATTERN = re.compile(r"(CG|XQ|XM|ZJ)-(\d{4})-(\d{6,12})")
_KINDS = {kind.prefix: kind for kind in EntryKind}


@dataclass(frozen=True, slots=True)
class PublicCode:
    """A code in parts: kind, year in Asia/Shanghai, running number from 1."""

    kind: EntryKind
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.kind.prefix}-{self.year:04d}-{self.number:06d}"


def parse_code(text: str) -> PublicCode | None:
    """Read a public code.

    Args:
        text: what a person typed; blanks around it, small letters and full-width digits are
            accepted.

    Returns:
        The code, or None where the text is no code.
    """
    found = _PATTERN.fullmatch(text.strip().upper())
    if found is None:
        return None
    prefix, year, number = found.groups()
    return PublicCode(_KINDS[prefix], int(year), int(number))
