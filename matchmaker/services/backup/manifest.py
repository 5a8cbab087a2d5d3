"""What an archive says about itself, checked when it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.services.backup.errors import damaged, foreign, newer

#: Raised with every change of the archive's layout that an older portal can't read.
FORMAT = 1
MANIFEST, SETTINGS = "manifest.json", "settings.json"
MOST_MANIFEST_BYTES = 256 * 1024 * 1024

_PART = re.compile(r"tables/([a-z][a-z0-9_]{0,62})/([0-9]{6})\.jsonl\.gz")
_FILE = re.compile(r"files/([0-9a-f]{64})")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TableShare(_Part):
    """One table: columns in the order of a row's values, count of rows, SHA-256 of all."""

    columns: list[Name]
    rows: Count
    sha256: Digest


class FileShare(_Part):
    """One attachment: its bytes and their SHA-256."""

    sha256: Digest
    size: Count


class Manifest(_Part):
    """A whole archive.

    `missing` names attachments whose content was not in the store when the backup was made.
    """

    what: Literal["matchmaker-backup"] = "matchmaker-backup"
    format: Count = FORMAT
    schema_revision: Annotated[str, Field(pattern=r"^[0-9a-z_]{1,100}$")]
    made_at: str
    made_by: str
    tables: dict[Name, TableShare]
    files: list[FileShare]
    missing: list[Digest]
    settings_sha256: Digest

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def read_manifest(content: bytes) -> Manifest:
    """Read what an archive says about itself.

    Raises:
        ArchiveError: it is none of ours, of a newer format, or damaged.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise damaged("its manifest can't be read") from None
    if not isinstance(found, Mapping) or found.get("what") != "matchmaker-backup":
        raise foreign()
    if isinstance(found.get("format"), int) and found["format"] > FORMAT:
        raise newer(f"format {found['format']}")
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise damaged(f"its manifest is wrong at {place}") from None


def part_name(table: str, number: int) -> str:
    """The member that holds the `number`th part of a table's rows, from 1."""
    return f"tables/{table}/{number:06}.jsonl.gz"


def file_name(sha256: str) -> str:
    """The member that holds an attachment."""
    return f"files/{sha256}"


def part_of(member: str) -> tuple[str, int] | None:
    """Table and number of a member that holds rows; None for any other."""
    found = _PART.fullmatch(member)
    return (found[1], int(found[2])) if found else None


def file_of(member: str) -> str | None:
    """The hash of a member that holds an attachment; None for any other."""
    found = _FILE.fullmatch(member)
    return found[1] if found else None
