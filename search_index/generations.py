"""Named generations of an index on disk, and the manifest that says which one serves."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Hashable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from search_index.analysis import Analyser
from search_index.backends.base import SearchIndex, SearchIndexError
from search_index.backends.embedded import EmbeddedIndex
from search_index.backends.embedded.lock import WriterLock
from search_index.embedders.base import Embedder
from search_index.fusion import Ranking

SCHEMA_VERSION = "1"
"""Raised when an index built before can't be read or ranked alike any more."""

_META, _MANIFEST = "meta.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a generation was made with, so that queries can be made with the same.

    ``built`` says that a whole build went into it; one that starts empty waits for a rebuild. One
    that is ``hollow`` stands in for one that was lost, and is not searched before that.
    """

    name: str
    embedder: str
    embedder_version: str
    dimension: int
    analysis: str
    schema: str
    created: str
    built: bool = False
    hollow: bool = False

    def made_by(self, embedder: Embedder) -> bool:
        """Return whether its vectors are of ``embedder``."""
        held = (self.embedder, self.embedder_version, self.dimension)
        return held == (embedder.name, embedder.version, embedder.dimension)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which generation serves, and which one did before."""

    serving: str | None = None
    previous: str | None = None


def new_metadata(embedder: Embedder, analyser: Analyser) -> Metadata:
    """Return the metadata of a generation that starts now."""
    now = datetime.now(UTC)
    return Metadata(
        name=f"{now:%Y%m%dt%H%M%S}-{secrets.token_hex(3)}",
        embedder=embedder.name,
        embedder_version=embedder.version,
        dimension=embedder.dimension,
        analysis=analyser.version,
        schema=SCHEMA_VERSION,
        created=now.isoformat(timespec="seconds"),
    )


class Generations(Protocol):
    """Where the generations of an index are kept, and which one serves."""

    @property
    def root(self) -> object:
        """What the place is called."""
        ...

    @property
    def shared(self) -> bool:
        """Whether several processes may write, so that each looks who serves before it does."""
        ...

    def lock(self) -> None:
        """Become its only writer, where there can be only one.

        Raises WriterBusyError when another process is.
        """
        ...

    def manifest(self) -> Manifest:
        """Return which generation serves; an empty manifest where there is none yet."""
        ...

    def building(self) -> tuple[str, ...]:
        """Return the generations that processes other than this may be building."""
        ...

    def stamp(self, *, fresh: bool = True) -> Hashable:
        """Return what changes when another generation serves; maybe a moment old if not fresh."""
        ...

    def point(self, manifest: Manifest) -> None:
        """Make ``manifest`` the one that counts, in one step."""
        ...

    def holds(self, name: str) -> bool:
        """Return whether a generation is there."""
        ...

    def begin(self, metadata: Metadata) -> Manifest:
        """Let an empty generation serve where none does; return who serves then.

        Of several processes that begin at once one does, and the others get to know its name.
        """
        ...

    def create(self, metadata: Metadata) -> None:
        """Make a new, empty generation."""
        ...

    def keep_alive(self, name: str) -> None:
        """Note that the generation is still being built."""
        ...

    def mark_built(self, metadata: Metadata) -> Metadata:
        """Note that a whole build went into a generation; return its new metadata."""
        ...

    def metadata(self, name: str) -> Metadata:
        """Return the metadata of a generation; raises SearchIndexError when it can't be read."""
        ...

    def discard(self, name: str) -> None:
        """Remove a generation with all it holds."""
        ...

    def keep_only(self, names: Iterable[str | None]) -> None:
        """Remove every other generation, such as one a crash left half built."""
        ...

    def open(
        self, metadata: Metadata, analyser: Analyser, ranking: Ranking | None, *, read_only: bool
    ) -> SearchIndex:
        """Open a generation."""
        ...

    def close(self) -> None:
        """Let go of locks and connections; calling it twice is no error."""
        ...


class Shelf:
    """Implements ``Generations`` in a folder; every file in it is replaced in one step."""

    shared = False

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock: WriterLock | None = None

    def lock(self) -> None:
        """Become its only writer; raises WriterBusyError when another process is."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._lock = WriterLock(self.root / "writer.lock")

    def close(self) -> None:
        """Let another writer come."""
        if self._lock is not None:
            self._lock.release()

    def building(self) -> tuple[str, ...]:
        """Return nothing: no other process builds."""
        return ()

    def keep_alive(self, name: str) -> None:
        """Do nothing: the lock says that this process lives."""

    def holds(self, name: str) -> bool:
        """Return whether a generation is there."""
        return self.folder(name).is_dir()

    def open(
        self, metadata: Metadata, analyser: Analyser, ranking: Ranking | None, *, read_only: bool
    ) -> SearchIndex:
        """Open a generation."""
        return EmbeddedIndex(
            self.folder(metadata.name),
            analyser=analyser,
            dimension=metadata.dimension,
            ranking=ranking,
            read_only=read_only,
        )

    def folder(self, name: str) -> Path:
        """Return where the generation ``name`` lies."""
        return self.root / "generations" / name

    def manifest(self) -> Manifest:
        """Return the manifest; an empty one where there is none yet."""
        try:
            held = json.loads((self.root / _MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Manifest()
        return Manifest(held["serving"], held["previous"])

    def stamp(self, *, fresh: bool = True) -> Hashable:
        """Return what changes when the manifest is replaced."""
        try:
            held = (self.root / _MANIFEST).stat()
        except FileNotFoundError:
            return 0, 0
        return held.st_mtime_ns, held.st_ino

    def point(self, manifest: Manifest) -> None:
        """Make ``manifest`` the one that counts, even after a power cut."""
        _replace(self.root / _MANIFEST, asdict(manifest))

    def begin(self, metadata: Metadata) -> Manifest:
        """Let an empty generation serve; the lock says that nobody else begins."""
        self.create(metadata)
        manifest = Manifest(metadata.name)
        self.point(manifest)
        return manifest

    def create(self, metadata: Metadata) -> None:
        """Make the folder of a new generation."""
        self.folder(metadata.name).mkdir(parents=True)
        self.describe(metadata)

    def describe(self, metadata: Metadata) -> None:
        """Write the metadata of a generation."""
        _replace(self.folder(metadata.name) / _META, asdict(metadata))

    def mark_built(self, metadata: Metadata) -> Metadata:
        """Note that a whole build went into a generation; return its new metadata."""
        built = replace(metadata, built=True, hollow=False)
        self.describe(built)
        return built

    def metadata(self, name: str) -> Metadata:
        """Return the metadata of a generation; raises SearchIndexError when it can't be read."""
        try:
            held = json.loads((self.folder(name) / _META).read_text(encoding="utf-8"))
            return Metadata(**held)
        except (OSError, ValueError, TypeError) as error:
            raise SearchIndexError(
                f"the index {name} in {self.root} can't be read ({error}); rebuild it"
            ) from error

    def discard(self, name: str) -> None:
        """Remove a generation with all its files."""
        shutil.rmtree(self.folder(name), ignore_errors=True)

    def keep_only(self, names: Iterable[str | None]) -> None:
        """Remove every other generation, such as one a crash left half built."""
        kept, folder = set(names), self.root / "generations"
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in kept:
                self.discard(path.name)


def _replace(path: Path, content: object) -> None:
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
