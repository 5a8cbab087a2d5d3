"""Reads an archive that anybody may have made: nothing in it is believed before it is checked."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from matchmaker.services.backup import errors
from matchmaker.services.backup.archive import HashingReader, line_of
from matchmaker.services.backup.manifest import (
    MANIFEST,
    MOST_MANIFEST_BYTES,
    SETTINGS,
    file_name,
    file_of,
    part_name,
    part_of,
    read_manifest,
)

_CHUNK = 1024 * 1024
#: Bytes a part may unpack to; one with a single huge row stays far below.
_MOST_PART_BYTES = 512 * 1024 * 1024


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """An archive whose list of members and manifest were looked through.

    Raises:
        ArchiveError: it is none of ours, newer, cut off, or holds what no backup holds.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise errors.unusable("read", str(path), error) from None
    with file, _damage_in_words():
        try:
            tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115
        except tarfile.TarError:
            raise errors.foreign() from None
        with tar:
            yield ArchiveReader(tar)


class ArchiveReader:
    """What an archive holds, by name; members are read in place and never unpacked by name.

    Args:
        tar: open for reading.

    Raises:
        ArchiveError: as `open_archive` says.
    """

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members = _members_of(tar)
        if MANIFEST not in self._members:
            raise errors.foreign() if _none_of_ours(self._members) else errors.cut_off()
        self.manifest = read_manifest(self._content(MANIFEST, MOST_MANIFEST_BYTES))
        _refuse_unexpected(self._members)

    def verify(self) -> None:
        """Read all of it and compare with the manifest.

        Raises:
            ArchiveError: something is missing, too much, or not what the manifest says.
        """
        self._need_every_member()
        if hashlib.sha256(self._content(SETTINGS)).hexdigest() != self.manifest.settings_sha256:
            raise _damaged(SETTINGS)
        for name in self.manifest.tables:
            self._verify_table(name)
        for share in self.manifest.files:
            with self.file(share.sha256) as content:
                size = sum(len(chunk) for chunk in iter(lambda: content.read(_CHUNK), b""))
                if (size, content.sha256) != (share.size, share.sha256):
                    raise _damaged(file_name(share.sha256))

    def settings(self) -> dict[str, str]:
        """The settings of the portal that was saved."""
        found = json.loads(self._content(SETTINGS))
        if not isinstance(found, dict):
            raise _damaged(SETTINGS)
        return {str(name): str(value) for name, value in found.items()}

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table as lines of JSON."""
        number = 1
        while (name := part_name(table, number)) in self._members:
            with gzip.GzipFile(fileobj=self._open(name)) as part:
                content = part.read(_MOST_PART_BYTES + 1)
            if len(content) > _MOST_PART_BYTES:
                raise _damaged(name)
            yield from content.splitlines(keepends=True)
            number += 1

    def rows(self, table: str) -> Iterator[list[Any]]:
        """The rows of a table, each a list of plain values in the order of its columns."""
        width = len(self.manifest.tables[table].columns)
        for line in self.lines(table):
            row = json.loads(line)
            if not isinstance(row, list) or len(row) != width:
                raise _damaged(f"a row of {table}")
            yield row

    @contextmanager
    def file(self, sha256: str) -> Iterator[HashingReader]:
        """An attachment, open for reading."""
        with self._open(file_name(sha256)) as content:
            yield HashingReader(content)

    def _verify_table(self, name: str) -> None:
        share = self.manifest.tables[name]
        digest, count = hashlib.sha256(line_of([name, *share.columns])), 0
        for line in self.lines(name):
            digest.update(line)
            count += 1
        if (count, digest.hexdigest()) != (share.rows, share.sha256):
            raise _damaged(f"table {name}")

    def _need_every_member(self) -> None:
        """The files are those of the manifest; parts are numbered without a gap."""
        parts = [found for name in self._members if (found := part_of(name))]
        tables = {table for table, _ in parts}
        held = {sha256 for name in self._members if (sha256 := file_of(name))}
        if SETTINGS not in self._members or tables - set(self.manifest.tables):
            raise _damaged("its list of members")
        if held != {share.sha256 for share in self.manifest.files}:
            raise _damaged("its list of files")
        for table in tables:
            numbers = sorted(number for name, number in parts if name == table)
            if numbers != list(range(1, len(numbers) + 1)):
                raise _damaged(f"table {table}")

    def _content(self, name: str, most: int = _MOST_PART_BYTES) -> bytes:
        if self._members[name].size > most:
            raise _damaged(name)
        with self._open(name) as file:
            return file.read()

    def _open(self, name: str) -> IO[bytes]:
        file = self._tar.extractfile(self._members[name])
        if file is None:
            raise _damaged(name)
        return file


def _members_of(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """The members by name.

    Raises:
        ArchiveError: one is no plain file, or two have one name.
    """
    members: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        if not member.isreg() or member.issparse() or member.name in members:
            raise errors.damaged(f"it holds {member.name!r}")
        members[member.name] = member
    return members


def _none_of_ours(members: dict[str, tarfile.TarInfo]) -> bool:
    return SETTINGS not in members and not any(part_of(name) for name in members)


def _refuse_unexpected(members: dict[str, tarfile.TarInfo]) -> None:
    for name in members:
        if name not in (MANIFEST, SETTINGS) and not part_of(name) and not file_of(name):
            raise errors.damaged(f"it holds {name!r}")


def _damaged(place: str) -> errors.ArchiveError:
    return errors.damaged(f"{place} is not what the manifest says")


@contextmanager
def _damage_in_words() -> Iterator[None]:
    """Turn what broken bytes raise in the libraries into one error."""
    try:
        yield
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise errors.damaged(str(error) or type(error).__name__) from None
    except (UnicodeError, json.JSONDecodeError, RecursionError) as error:
        raise errors.damaged(f"a row can't be read ({error})") from None
