"""Writes an archive piece by piece, with never more than one part of a table in memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from matchmaker.domain.calendar import now
from matchmaker.services.backup.errors import ArchiveError, unusable
from matchmaker.services.backup.manifest import (
    MANIFEST,
    SETTINGS,
    FileShare,
    Manifest,
    TableShare,
    file_name,
    part_name,
)

#: Bytes of rows, before they are packed, after which a part ends.
_PART_BYTES = 4 * 1024 * 1024


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """An archive that only its owner can read; it gets its name when it is whole and on disk.

    Raises:
        ArchiveError: something has this name already, or the folder can't be written.
    """
    if path.exists():
        raise ArchiveError(f"{path} exists already; give the backup another name.")
    half = path.with_name(f"{path.name}.partial-{os.getpid()}")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise unusable("written", str(path), error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield ArchiveWriter(tar)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)


class ArchiveWriter:
    """Puts settings, tables, files and at last the manifest into a tar.

    Args:
        tar: open for writing.
    """

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._moment = int(now().timestamp())

    def settings(self, values: dict[str, str]) -> str:
        """Put the settings in; their SHA-256."""
        content = json.dumps(values, ensure_ascii=False, indent=1).encode()
        self._put(SETTINGS, content)
        return hashlib.sha256(content).hexdigest()

    def table(self, name: str, columns: Sequence[str], rows: Iterable[bytes]) -> TableShare:
        """Put a table in.

        Args:
            name: of the table.
            columns: in the order of a row's values.
            rows: lines as `line_of` makes them.
        """
        digest, count, number = hashlib.sha256(line_of([name, *columns])), 0, 0
        for part in _parts(rows):
            for line in part:
                digest.update(line)
            count, number = count + len(part), number + 1
            self._put(part_name(name, number), gzip.compress(b"".join(part), 6, mtime=0))
        return TableShare(columns=list(columns), rows=count, sha256=digest.hexdigest())

    def file(self, sha256: str, content: BinaryIO) -> FileShare:
        """Put an attachment in.

        Raises:
            ArchiveError: its content is not what its hash says.
        """
        size = os.fstat(content.fileno()).st_size
        watched = HashingReader(content)
        self._tar.addfile(self._member(file_name(sha256), size), watched)
        if watched.sha256 != sha256:
            raise ArchiveError(
                f"The attachment {sha256} in the data folder is not what it was when it was "
                "uploaded; no backup was made. Put the file back from an earlier one."
            )
        return FileShare(sha256=sha256, size=size)

    def manifest(self, manifest: Manifest) -> None:
        """Put the manifest in, which says that the archive is whole."""
        self._put(MANIFEST, manifest.model_dump_json(indent=1).encode())

    def _put(self, name: str, content: bytes) -> None:
        self._tar.addfile(self._member(name, len(content)), io.BytesIO(content))

    def _member(self, name: str, size: int) -> tarfile.TarInfo:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, self._moment
        return member


class HashingReader(io.RawIOBase):
    """Hashes what is read through it.

    Args:
        content: what is read.
    """

    def __init__(self, content: Any) -> None:
        super().__init__()
        self._content = content
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Read and hash; `size` as in any file."""
        chunk: bytes = self._content.read(size)
        self._digest.update(chunk)
        return chunk

    @property
    def sha256(self) -> str:
        """Of everything read so far."""
        return self._digest.hexdigest()


def line_of(values: Sequence[Any]) -> bytes:
    """A row as it stands in a part."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _parts(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for line in rows:
        part.append(line)
        size += len(line)
        if size >= _PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
