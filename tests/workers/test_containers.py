"""The very commands of docker-compose.yml as processes, on real engines: posted, then found."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from matchmaker.bootstrap import Container
from matchmaker.config import IN_FILE
from matchmaker.domain.calendar import today
from matchmaker.domain.kinds import EntryKind
from tests.conftest import settings_for
from tests.support.deployment import portal_services
from tests.support.elasticsearch import elasticsearch_prefix
from tests.support.services import eventually, postgres_database, require_redis
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, World, email_of, populate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.elasticsearch,
    pytest.mark.xdist_group("workers"),
]
BAND = 'class="notice-band"'
TITLE = "高盐矿井水处理降本"
FORM = {
    "title": TITLE,
    "summary": "希望吨水成本低于 8 元。",
    "body": "现用反渗透加蒸发，吨水成本 13 元，希望结晶盐能分质回用。",
    "keywords": "矿井水\n分质结晶",
    "demand_type": "technical_problem",
    "clauses": "吨水处理成本低于 8 元",
    "fields": ["water.mine"],
    "region": "150627",
    "language": "zh",
    "visibility": "public",
    "valid_until": (today() + timedelta(days=300)).isoformat(),
    "contact_name": "技术科",
    "contact_phone": "000-0000-0000",
    "then": "submit",
}


@dataclass(slots=True)
class Host:
    """One machine that runs the services of docker-compose.yml, without the containers.

    Args:
        folder: data, secrets and logs.
        engines: setting → address, in place of the names that only compose's network knows.
        secrets: name → text, as make_secrets.sh writes them.
    """

    folder: Path
    engines: Mapping[str, str]
    secrets: Mapping[str, str]
    port: int = 0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("data", "secrets"):
            (self.folder / name).mkdir()
        for name, text in self.secrets.items():
            (self.folder / "secrets" / name).write_text(text + "\n", encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def environment(self, service: str) -> dict[str, str]:
        """What compose sets, with the paths and addresses of this machine."""
        given = portal_services()[service]["environment"]
        here = {
            name: text.replace("/run/secrets", str(self.folder / "secrets"))
            if name.endswith(IN_FILE)
            else text
            for name, text in given.items()
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        data = {"MATCHMAKER_DATA_DIR": str(self.folder / "data"), "PATH": path}
        return {**here, **self.engines, **data, "PYTHONPATH": str(Path.cwd())}

    def command(self, service: str) -> list[str]:
        words: list[str] = portal_services()[service]["command"]
        return [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in words]

    def run(self, service: str, command: list[str] | None = None) -> str:
        """Run a command of a service to its end; what it said."""
        done = subprocess.run(
            command or self.command(service),
            env=self.environment(service),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, service: str) -> None:
        with (self.folder / f"{service}.log").open("wb") as log:
            self.running[service] = subprocess.Popen(
                self.command(service),
                env=self.environment(service),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text('utf-8')[-4000:]}" for log in logs)

    def stop(self) -> dict[str, int]:
        """End all as compose does; the exit status of each."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(60) for name, process in self.running.items()}

    def kill(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    import redis

    with ExitStack() as held:
        database_url = held.enter_context(postgres_database())
        search_url, prefix = held.enter_context(elasticsearch_prefix())
        client = held.enter_context(redis.Redis.from_url(require_redis()))
        client.flushdb()
        engines = {
            "MATCHMAKER_REDIS_URL": require_redis(),
            "MATCHMAKER_SEARCH_URL": search_url,
            "MATCHMAKER_SEARCH_PREFIX": prefix,
        }
        secrets = {
            "secret_key": "a-secret-of-this-test-alone",
            "database_url": database_url,
            "smtp_url": "",
        }
        machine = Host(tmp_path, engines, secrets)
        yield machine
        machine.kill()
        client.flushdb()


@pytest.fixture
def people(host: Host, shared: Container) -> Iterator[World]:
    """The organisations and people of the small world, in the migrated database."""
    host.run("migrate")
    folder = host.folder / "outside"
    folder.mkdir()
    built = Container(settings_for(folder, database_url=host.secrets["database_url"]))
    for part in ("taxonomies", "analyser", "embedder"):
        built.__dict__[part] = getattr(shared, part)
    populate(built)
    with built.database.write() as session:  # known passwords would keep the portal from starting
        session.connection().exec_driver_sql("UPDATE people SET sample = false")
    yield World(built)
    built.close()


def test_what_is_posted_through_the_containers_commands_is_found_by_a_visitor(
    host: Host, people: World
) -> None:
    services = [name for name in portal_services() if name != "migrate"]
    for name in services:
        host.start(name)
    firm, visitor = Visitor(host.port), Visitor(host.port)

    def answers() -> bool:
        assert host.running["web"].poll() is None, host.said()
        try:
            return visitor.get("/readyz").status == 200
        except OSError:
            return False

    assert eventually(answers, 90, pause=0.2), host.said()
    firm.get("/account/sign-in")
    entered = firm.post("/account/sign-in", {"email": email_of("firm"), "password": PASSWORD})
    assert entered.status in (302, 303), entered.text
    firm.get("/workspace/new/demand")
    posted = firm.post("/workspace/new/demand", FORM)
    assert posted.location.startswith("/workspace/entries/XQ-"), posted.text

    # Nobody wakes a worker for what is published here: that the schedule does.
    code = posted.location.rpartition("/")[2]
    broker = people.actor("broker")
    entry = people.container.reading.get(broker, code)
    people.container.screening.publish(broker, code, entry.version)
    people.published("university", EntryKind.ACHIEVEMENT)

    def is_found() -> bool:
        page = visitor.get("/search?q=" + quote("矿井水分质结晶"))
        # A page carries a band while the database answers in place of the index.
        return page.status == 200 and code in page.text and BAND not in page.text

    assert eventually(is_found, 90, pause=0.5), host.said()
    assert eventually(lambda: people.reload(entry).matched_version > 0, 60), host.said()
    for name in services:
        test = portal_services()[name]["healthcheck"]["test"]
        assert host.run(name, local(test[1:], host)) is not None
    assert host.stop() == dict.fromkeys(services, 0), host.said()


def local(command: list[str], host: Host) -> list[str]:
    """A health check, on the port of this machine."""
    return [word.replace(":8000", f":{host.port}") for word in command]
