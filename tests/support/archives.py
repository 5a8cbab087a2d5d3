"""Portals that are saved and restored: a filled one, empty ones on both databases, comparison."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from matchmaker.bootstrap import Container
from matchmaker.domain.actors import SYSTEM
from matchmaker.models import Base, Entry
from matchmaker.services.backup.tables import LEFT_OUT
from tests.conftest import settings_for
from tests.support.services import postgres_database

PDF = b"%PDF-1.4\n% a sample of a test report\n%%EOF\n"

#: Name and content of a member; returns what stands in its place, None for nothing.
Rewrite = Callable[[str, bytes], tuple[str, bytes] | None]


@contextmanager
def portal_in(folder: Path, engine: str, shared: Container) -> Iterator[Container]:
    """Services on a database that was never migrated, and a folder of their own."""
    folder.mkdir()
    if engine == "sqlite":
        yield from _opened(folder, "", shared)
    else:
        with postgres_database() as url:
            yield from _opened(folder, url, shared)


def _opened(folder: Path, url: str, shared: Container) -> Iterator[Container]:
    built = Container(settings_for(folder, database_url=url))
    for part in ("taxonomies", "analyser", "embedder"):
        built.__dict__[part] = getattr(shared, part)
    try:
        yield built
    finally:
        built.close()


def attach(container: Container, content: bytes = PDF) -> str:
    """Attach a file to some entry; its hash."""
    with container.database.read() as session:
        code = session.scalars(select(Entry.code).order_by(Entry.id)).first()
    assert code is not None
    file = container.attachments.add(SYSTEM, code, "检测报告.pdf", io.BytesIO(content))
    return file.sha256


def rows_of(container: Container) -> Mapping[str, list[tuple[Any, ...]]]:
    """All rows of all tables that a backup holds, as the models read them, in one order."""
    with container.database.read() as session:
        return {
            name: sorted(map(tuple, session.execute(select(*table.columns))), key=repr)
            for name, table in Base.metadata.tables.items()
            if name not in LEFT_OUT
        }


def files_of(container: Container) -> Mapping[str, bytes]:
    """All attachments by hash."""
    found = {}
    for sha256 in container.files.names():
        with container.files.open(sha256) as content:
            found[sha256] = content.read()
    return found


def rewritten(source: Path, target: Path, rewrite: Rewrite) -> Path:
    """A copy of an archive with other members."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            file = old.extractfile(member)
            assert file is not None
            changed = rewrite(member.name, file.read())
            if changed is not None:
                add(new, *changed)
    return target


def add(tar: tarfile.TarFile, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> None:
    """Put a member of any name and kind into a tar."""
    member = tarfile.TarInfo(name)
    member.size, member.type = len(content), kind
    tar.addfile(member, io.BytesIO(content))
