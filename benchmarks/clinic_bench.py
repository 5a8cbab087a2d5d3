"""Measures the clinic: server time of a request for advice among many published entries.

The portal is the embedded one with the bundled embedder; entries are made of the samples' texts.

Usage: python -m benchmarks.clinic_bench [--entries 10000] [--rounds 200] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.bootstrap import Container
from matchmaker.config import Settings
from matchmaker.domain.calendar import now, today
from matchmaker.domain.lifecycles import EntryState
from matchmaker.migrations import upgrade
from matchmaker.models import Achievement, Demand, Entry, Organisation
from matchmaker.monitoring.logs import configure_logging
from matchmaker.services.entries.codes import allot_code
from matchmaker.services.entries.reading import every_kind
from matchmaker.services.entries.values import CLASSES, apply, values_of
from matchmaker.services.seeding import SAMPLE_PASSWORD
from matchmaker.web.app import create_app

_BATCH = 500
_WARM_UP = 5
_ADDRESS = "/workspace/clinic/new:demand"


def measure(entries: int, rounds: int) -> dict[str, Any]:
    """Fill a portal, then ask for advice on one typed demand after another.

    Args:
        entries: published entries in the portal.
        rounds: requests that are timed.

    Returns:
        Counts, and the 50th and 95th percentile in milliseconds.
    """
    with TemporaryDirectory() as name:
        settings = Settings(data_dir=Path(name), advice_limit="1000000 per minute")
        with closing(Container(settings)) as container:
            upgrade(container.database)
            container.seeding.load(with_accounts=True)
            fill(container, entries)
            container.rebuilding.rebuild()
            times = _timed(container, rounds)
    cuts = quantiles(times, n=20, method="inclusive")
    return {
        "entries": entries,
        "rounds": rounds,
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
    }


def fill(container: Container, entries: int) -> None:
    """Publish variations of the sample entries until there are so many."""
    with container.database.read() as session:
        samples = session.scalars(select(Entry).options(*every_kind())).all()
        missing = entries - len(samples)
    made = _variations(samples)
    while missing > 0:
        with container.database.write() as session:
            for sample, values in islice(made, min(_BATCH, missing)):
                _publish(session, container, sample, values)
        missing -= _BATCH


def _variations(samples: Any) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
    """Endlessly, each sample with the body of another of its kind and a number in its title."""
    held = [sample for sample in samples if isinstance(sample, (Achievement, Demand))]
    turn = 0
    while True:
        turn += 1
        for at, sample in enumerate(held):
            other = held[(at + turn) % len(held)]
            title = f"{sample.title}（{turn}）"
            yield sample, {**values_of(sample), "title": title, "body": other.body}


def _publish(
    session: Session, container: Container, sample: Entry, values: Mapping[str, Any]
) -> None:
    entry = CLASSES[sample.kind](
        kind=sample.kind,
        code=str(allot_code(session, sample.kind)),
        organisation_id=sample.organisation_id,
        status=EntryState.PUBLISHED,
        confirmed_on=today(),
        created_at=now(),
        updated_at=now(),
        published_at=now(),
        index_version=1,
    )
    entry.organisation = session.get_one(Organisation, sample.organisation_id)
    session.add(entry)
    apply(entry, {**values, "valid_until": today() + timedelta(days=365)})
    session.flush()
    container.deriver.refresh(entry)


def _timed(container: Container, rounds: int) -> list[float]:
    """Milliseconds of each request, as the panel sends it."""
    app = create_app(container)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in = {"email": "firm@example.org", "password": SAMPLE_PASSWORD}
    if client.post("/account/sign-in", data=sign_in).status_code != 303:
        raise SystemExit("the sample account could not sign in")
    with container.database.read() as session:
        demands = session.scalars(select(Demand).options(*every_kind()).limit(rounds)).all()
    forms = [_form(demands[number % len(demands)]) for number in range(rounds + _WARM_UP)]
    return [_asked(client, form) for form in forms][_WARM_UP:]


def _form(demand: Demand) -> dict[str, str]:
    return {
        "title": demand.title,
        "summary": demand.summary,
        "body": demand.body,
        "keywords": "\n".join(demand.keywords),
        "clauses": "\n".join(demand.clauses),
        "region": demand.region,
    }


def _asked(client: FlaskClient, form: Mapping[str, str]) -> float:
    began = time.perf_counter()
    answer = client.post(_ADDRESS, data=form, headers={"HX-Request": "true"})
    spent = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"advice was refused with {answer.status_code}")
    return spent


def main(arguments: list[str] | None = None) -> None:
    """Print the figures as JSON, and write them to a file when one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    configure_logging("WARNING")
    figures = measure(options.entries, options.rounds)
    print(json.dumps(figures, indent=2))
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
