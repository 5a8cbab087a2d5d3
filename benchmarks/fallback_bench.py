"""Measures the database's own search on generated entries, on SQLite or PostgreSQL.

Usage: python -m benchmarks.fallback_bench [--size 100000] [--database-url URL]

The database that the address names has to be empty; without an address a file is made.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, text

from benchmarks.search_bench import KINDS, TERMS, Generator, timed
from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.actors import VISITOR
from matchmaker.migrations import upgrade
from matchmaker.models import Entry, Organisation
from matchmaker.services.database_search import DatabaseSearch, Question
from matchmaker.services.searching import FACETS

BATCH = 2_000
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def fill(container: Container, size: int) -> None:
    """Add that many published entries of about 200 characters each."""
    with container.database.write() as session:
        session.add(Organisation(name="A", kind="firm", region="150603", created_at=_MOMENT))
    generator = Generator()
    for start in range(0, size, BATCH):
        rows = list(_rows(container, generator, range(start, min(start + BATCH, size))))
        with container.database.write() as session:
            session.execute(insert(Entry.__table__), rows)  # type: ignore[arg-type]
    with container.database.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.execute(text("ANALYZE"))


def _rows(container: Container, generator: Generator, numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        texts = {"title": generator.text(5), "summary": generator.text(12)}
        body = generator.text(75)
        moment = _MOMENT + timedelta(minutes=number)
        yield {
            **{column.name: None for column in Entry.__table__.columns if column.nullable},
            **texts,
            "kind": KINDS[number % len(KINDS)],
            "code": f"E{number}",
            "organisation_id": 1,
            "body": body,
            "keywords": [],
            "fields": [],
            "industries": [],
            "region": "150603",
            "visibility": "public" if generator.random.random() < 0.9 else "brokers",
            "language": "zh",
            "contact_name": "",
            "contact_phone": "",
            "contact_email": "",
            "status": "published",
            "published_at": moment,
            "return_reasons": {},
            "index_version": 1,
            "indexed_version": 1,
            "matched_version": 1,
            "search_grams": container.deriver.grams(" ".join((*texts.values(), body))),
            "sample": False,
            "version": 1,
            "created_at": moment,
            "updated_at": moment,
        }


def measure(container: Container) -> dict[str, Any]:
    """Milliseconds, p50 and p95, by what is asked."""
    search, generator = DatabaseSearch(container.database, container.analyser), Generator(seed=11)

    def ask(words: str) -> None:
        search.find(VISITOR, Question(words, (), {}, "relevance", FACETS))

    def rare() -> str:
        return generator.words[generator.random.randrange(2_000, 20_000)]

    return {
        "one frequent word": timed(lambda: ask(generator.random.choice(TERMS))),
        "two frequent words": timed(lambda: ask(" ".join(generator.random.sample(TERMS, 2)))),
        "one rare word": timed(lambda: ask(rare())),
        "browse": timed(lambda: ask("")),
    }


def main() -> None:
    """Fill, measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--database-url", default="")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {"data_dir": Path(folder), "database_url": options.database_url}
        )
        container = Container(settings)
        upgrade(container.database)
        start = time.perf_counter()
        fill(container, options.size)
        filled = round(time.perf_counter() - start, 1)
        print(json.dumps({"fill_s": filled, **measure(container)}, ensure_ascii=False, indent=2))
        container.close()


if __name__ == "__main__":
    main()
