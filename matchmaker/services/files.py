"""Attachments: stored by hash behind a port, told apart by content, handed out by right."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import puremagic
from sqlalchemy import Select, select

from matchmaker.domain.actors import Actor
from matchmaker.domain.calendar import now
from matchmaker.domain.errors import InvalidInputError, NotFoundError, Problem, TooLargeError
from matchmaker.domain.policy import Permission
from matchmaker.models import Attachment
from matchmaker.models.database import Database
from matchmaker.services.entries.reading import entry_for
from matchmaker.services.recording import record

_CHUNK = 1024 * 1024
_MOST_FILES = 20

#: File name ending → media type that is sent, for all types that are accepted.
ACCEPTED = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_OLD_OFFICE = {".doc", ".xls", ".ppt"}
_NEW_OFFICE = {".docx": b"word/", ".xlsx": b"xl/", ".pptx": b"ppt/"}
#: Stands in the directory of an office file that carries macros, whatever its name says.
_MACROS = b"vbaProject.bin"
_ALIASES = {".jfif": ".jpg", ".jpeg": ".jpg"}


class FileStore(Protocol):
    """Keeps files by the hash of their content."""

    def keep(self, source: Path, sha256: str) -> None:
        """Take a finished file over; keeping the same content twice is no error."""

    def open(self, sha256: str) -> BinaryIO:
        """Open a kept file for reading; raises FileNotFoundError."""


class FolderStore:
    """Files in a folder, two levels deep by hash.

    Args:
        folder: where they lie; it is made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, source: Path, sha256: str) -> None:
        """Move the file to its place in one step, so that no half file is ever seen."""
        target = self._path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)

    def open(self, sha256: str) -> BinaryIO:
        """Open the file for reading."""
        return self._path(sha256).open("rb")

    def holds(self, sha256: str) -> bool:
        """Whether a file is kept."""
        return self._path(sha256).is_file()

    def names(self) -> list[str]:
        """The hashes of all files."""
        return sorted(path.name for path in self._folder.glob("??/??/*"))

    def remove(self, sha256: str) -> None:
        """Remove a file; removing what is not there is no error."""
        self._path(sha256).unlink(missing_ok=True)

    @property
    def incoming(self) -> Path:
        """Folder for files that are still arriving, on the same disk."""
        path = self._folder / "incoming"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:4] / sha256


@dataclass(frozen=True, slots=True)
class Download:
    """A file that may be sent: its row, and its content open for reading."""

    attachment: Attachment
    content: BinaryIO


class Attachments:
    """Adds, hands out and removes files of entries.

    Args:
        database: where the rows are.
        store: where the contents are.
        most_bytes: largest file.
    """

    def __init__(self, database: Database, store: FolderStore, most_bytes: int) -> None:
        self._database = database
        self._store = store
        self._most_bytes = most_bytes

    def add(self, actor: Actor, code: str, filename: str, content: BinaryIO) -> Attachment:
        """Attach a file to an entry of the person's own organisation.

        Raises:
            NotFoundError: no such entry for this person.
            TooLargeError: the file is larger than allowed.
            InvalidInputError: its type is not accepted, or its name and content disagree.
        """
        with self._database.read() as session:
            entry_for(session, actor, code, Permission.KEEP_ENTRY)
        path, sha256, size = self._receive(content)
        try:
            suffix = told_type(path, filename)
            self._store.keep(path, sha256)
        finally:
            path.unlink(missing_ok=True)
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY, lock=True)
            held = _of_entry(entry.id)
            if len(session.scalars(held).all()) >= _MOST_FILES:
                raise InvalidInputError([Problem("file", "too_many_files", {"most": _MOST_FILES})])
            attachment = Attachment(
                entry_id=entry.id,
                sha256=sha256,
                filename=safe_name(filename),
                media_type=ACCEPTED[suffix],
                size=size,
                uploaded_by_id=actor.person_id,
                created_at=now(),
            )
            session.add(attachment)
            changes = {"attachment": ("", attachment.filename)}
            record(session, actor, entry, "attach", changes=changes)
        return attachment

    def open(self, actor: Actor, code: str, attachment_id: int) -> Download:
        """Open a file of an entry the person may see.

        Raises:
            NotFoundError: no such file for this person.
        """
        with self._database.read() as session:
            entry = entry_for(session, actor, code)
            row = session.scalar(_of_entry(entry.id).where(Attachment.id == attachment_id))
        if row is None:
            raise NotFoundError("no_file")
        try:
            return Download(row, self._store.open(row.sha256))
        except FileNotFoundError:
            raise NotFoundError("file_missing") from None

    def remove(self, actor: Actor, code: str, attachment_id: int) -> None:
        """Take a file off its entry; the history keeps its name.

        Raises:
            NotFoundError: no such file for this person.
        """
        with self._database.write() as session:
            entry = entry_for(session, actor, code, Permission.KEEP_ENTRY)
            row = session.scalar(_of_entry(entry.id).where(Attachment.id == attachment_id))
            if row is None:
                raise NotFoundError("no_file")
            row.removed_at = now()
            record(session, actor, entry, "detach", changes={"attachment": (row.filename, "")})

    def _receive(self, content: BinaryIO) -> tuple[Path, str, int]:
        """Write what arrives to a file of our own while hashing it; stop when it is too much."""
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self._store.incoming)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in _chunks(content):
                    size += len(chunk)
                    if size > self._most_bytes:
                        raise TooLargeError("file_too_large", most_mb=self._most_bytes // _CHUNK)
                    digest.update(chunk)
                    file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path, digest.hexdigest(), size


def told_type(path: Path, filename: str) -> str:
    """The accepted ending of a file, told from its content and in accord with its name.

    Raises:
        InvalidInputError: the type is not accepted or not what the name says.
    """
    named = Path(filename).suffix.lower()
    if named not in ACCEPTED:
        raise _refused("file_type_refused")
    if path.stat().st_size == 0:
        raise _refused("file_empty")
    try:
        matches = puremagic.magic_file(str(path))
    except (puremagic.PureError, ValueError):
        raise _refused("file_type_refused") from None
    told = {_ALIASES.get(match.extension, match.extension) for match in matches}
    if not _agrees(_ALIASES.get(named, named), told, path):
        raise _refused("file_type_disagrees")
    return named


def safe_name(filename: str) -> str:
    """A file name without folders and control characters, at most 200 characters."""
    name = "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    if len(name) <= 200:
        return name or "file"
    suffix = Path(name).suffix[:20]
    return name[: 200 - len(suffix)] + suffix


def _agrees(named: str, told: set[str], path: Path) -> bool:
    if named in _NEW_OFFICE:
        content = path.read_bytes()
        plain = _MACROS not in content
        return plain and content.startswith(b"PK\x03\x04") and _NEW_OFFICE[named] in content
    if named in _OLD_OFFICE:
        with path.open("rb") as file:
            return file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return named in told


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        yield chunk


def _refused(code: str) -> InvalidInputError:
    return InvalidInputError([Problem("file", code)])


def _of_entry(entry_id: int) -> Select[Attachment]:
    return select(Attachment).where(
        Attachment.entry_id == entry_id, Attachment.removed_at.is_(None)
    )
