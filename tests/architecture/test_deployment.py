"""What deploys the portal holds together, as far as that can be told without a container engine."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from kubernetes_validate import validate

from matchmaker.config import IN_FILE, PREFIX, SECRETS, Settings
from matchmaker.domain.work import JobKind
from tests.support.deployment import (
    KUBERNETES,
    ROOT,
    compose,
    manifests,
    of_kind,
    portal_services,
    services,
)
from tools import env_example

KUBERNETES_VERSION = "1.33"
#: Runs once and ends.
ONCE = {"migrate"}
#: Writes its keystore beside its configuration; docker-compose.yml says so.
WRITES_ITS_ROOT = {"elasticsearch"}
#: Becomes its own user by itself, or is confined to one capability.
OWN_USER = {"elasticsearch", "proxy"}
#: A name, and a version of at least two numbers.
PINNED = re.compile(r"^[a-z0-9./-]+:\d+\.\d+[\w.-]*$")
OUR_IMAGE = re.compile(r"^(registry\.example\.org/)?matchmaker:[\w.]+$")
VARIABLES = {PREFIX + name.upper() for name in Settings.model_fields}
BY_SERVICE = pytest.mark.parametrize("name", list(services()))


def without_file(variable: str) -> str:
    """The setting that a variable gives, itself or by a file."""
    return variable.removesuffix(IN_FILE)


def command_of(deployment: dict[str, Any]) -> list[str]:
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    found: list[str] = container["command"]
    return found


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile: word, rest."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(word, re.sub(r"\s+", " ", rest)) for word, rest in lines]


def test_the_compose_file_is_as_the_official_schema_says() -> None:
    source = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(source.read_text("utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(compose())


@BY_SERVICE
def test_a_service_is_pinned_limited_confined_and_looked_after(name: str) -> None:
    service = services()[name]
    assert PINNED.match(service["image"]) or OUR_IMAGE.match(service["image"])
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert name in ONCE or service["healthcheck"]["test"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert name in WRITES_ITS_ROOT or service["read_only"] is True
    assert name in OWN_USER or service["user"] not in ("", "0", "root")
    assert "privileged" not in service


def test_nothing_but_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert compose()["networks"]["inside"]["internal"] is True
    outside = {name for name, service in services().items() if "outside" in service["networks"]}
    assert outside == {"proxy", "worker-mail"}


def test_volumes_networks_and_secrets_that_are_used_are_declared_and_the_reverse() -> None:
    for kind in ("networks", "secrets"):
        used = {name for service in services().values() for name in service.get(kind, ())}
        assert used == set(compose()[kind])
    mounts = [mount for service in services().values() for mount in service.get("volumes", ())]
    sources = {mount.partition(":")[0] for mount in mounts}
    assert {source for source in sources if "/" not in source} == set(compose()["volumes"])
    assert all((ROOT / source).is_file() for source in sources if "/" in source)


def test_every_setting_that_a_manifest_gives_exists_and_secrets_come_from_files() -> None:
    environments = [service.get("environment", {}) for service in services().values()]
    environments.append(of_kind("ConfigMap")["matchmaker"]["data"])
    for environment in environments:
        given = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
        assert {without_file(name) for name in given} <= VARIABLES
        secrets = {PREFIX + name.upper() for name in SECRETS}
        assert not {name for name in secrets & set(given) if "@" in given[name]}
        assert PREFIX + "SECRET_KEY" not in given
        assert all(text.startswith("/run/") for name, text in given.items() if IN_FILE in name)


def test_what_compose_decides_is_marked_in_the_example() -> None:
    given = {
        without_file(name).removeprefix(PREFIX).lower()
        for service in portal_services().values()
        for name in service["environment"]
        if name.startswith(PREFIX)
    }
    assert given == env_example.BY_COMPOSE


def test_the_example_names_every_setting_with_its_default() -> None:
    text = env_example.PAGE.read_text("utf-8")
    assert text == env_example.rendered(), "run python -m tools.env_example --write"
    assert set(re.findall(r"^#?(MATCHMAKER_\w+)=", text, re.MULTILINE)) == VARIABLES


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    wanted = set(re.findall(r"\$\{(\w+)", text))
    assert wanted <= set(re.findall(r"^(\w+)=", env_example.PAGE.read_text("utf-8"), re.MULTILINE))


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    script = ROOT / "docs" / "deployment" / "make_secrets.sh"
    folder = tmp_path / "secrets"
    made = []
    for _ in range(2):
        subprocess.run([script, folder], check=True, capture_output=True)
        made.append({path.name: path.read_text("utf-8").strip() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(made[0]) == set(compose()["secrets"])
    assert len(made[0]["secret_key"]) >= 40
    assert f":{made[0]['postgres_password']}@postgres:5432/" in made[0]["database_url"]


def test_the_proxy_compresses_and_lets_the_largest_attachment_through() -> None:
    text = (ROOT / "docs" / "deployment" / "Caddyfile").read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert "encode zstd gzip" in text
    assert "reverse_proxy web:8000" in text
    largest = int(re.findall(r"max_size (\d+)MB", text)[0])
    assert largest > Settings.model_fields["max_upload_mb"].default + 2


def test_the_image_is_pinned_small_and_not_root() -> None:
    found = instructions()
    words = [word for word, _ in found]
    bases = [rest.split()[0] for word, rest in found if word == "FROM"]
    assert len(bases) > 1, "one stage builds, another runs"
    assert all(PINNED.match(base) for base in bases)
    assert "ADD" not in words
    last = found[len(words) - 1 - words[::-1].index("FROM") :]
    assert [rest for word, rest in last if word == "USER"] == ["10001"]
    assert not any("pip install" in rest or "npm" in rest for word, rest in last if word == "RUN")
    for word, rest in found:
        if word in ("CMD", "ENTRYPOINT"):
            assert isinstance(json.loads(rest), list), "a shell would not pass signals on"
        if word == "RUN":
            assert "sudo" not in rest
            assert "apt-get install" not in rest or "rm -rf /var/lib/apt/lists" in rest
            assert "pip install" not in rest or "--no-cache" in rest
            assert "npm install" not in rest, "npm ci keeps to the lock"
        if word in ("ENV", "ARG"):
            assert not re.search(r"(?i)(secret|password|token)\w*=", rest)


def test_what_the_image_copies_is_not_ignored() -> None:
    rules = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert rules[0] == "*", "what is not named stays out, secrets and data with it"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            sources = rest.split()[:-1]
            assert {source.split("/")[0] for source in sources} <= allowed


@pytest.mark.parametrize("path", sorted(KUBERNETES.glob("*.yaml")), ids=lambda path: path.name)
def test_a_manifest_is_as_kubernetes_says(path: Path) -> None:
    import yaml

    for document in yaml.safe_load_all(path.read_text("utf-8")):
        validate(document, KUBERNETES_VERSION, strict=True)


def test_every_deployment_is_probed_limited_confined_and_survives_a_drain() -> None:
    deployments = of_kind("Deployment")
    assert set(deployments) == set(portal_services()) - ONCE
    for name, deployment in deployments.items():
        pod = deployment["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert "readinessProbe" in container, name
        assert set(container["resources"]) == {"requests", "limits"}
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        labels = deployment["spec"]["selector"]["matchLabels"]
        assert of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels
        assert deployment["spec"]["template"]["metadata"]["labels"] == labels
        assert not container["image"].endswith(":latest")


def test_kubernetes_runs_the_commands_that_compose_runs() -> None:
    jobs = {**of_kind("Deployment"), **of_kind("Job")}
    for name, service in portal_services().items():
        assert command_of(jobs[name]) == service["command"], name


def test_autoscalers_name_what_is_there() -> None:
    for name, scaler in of_kind("HorizontalPodAutoscaler").items():
        assert scaler["spec"]["scaleTargetRef"]["name"] in of_kind("Deployment"), name
    secret = of_kind("Secret")["matchmaker"]["stringData"]
    mounted = of_kind("ConfigMap")["matchmaker"]["data"]
    names = {text.rpartition("/")[2] for name, text in mounted.items() if name.endswith(IN_FILE)}
    assert names == set(secret)
    assert all(one["apiVersion"] and one["metadata"]["name"] for one in manifests())


@pytest.mark.postgres
def test_the_age_of_the_queues_is_told_by_the_query_of_the_autoscalers(
    postgres_template: str,
) -> None:
    import yaml
    from sqlalchemy import create_engine, text

    from tests.support.services import postgres_database

    queries = yaml.safe_load(of_kind("ConfigMap")["matchmaker-queue-age"]["data"]["queries.yaml"])
    query = queries["matchmaker_oldest_job"]["query"]
    assert set(re.findall(r"'([a-z_]+)'", query)) <= {*JobKind, "interactive", "bulk", "mail",
                                                      "pending"}  # fmt: skip
    with postgres_database(postgres_template) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO jobs (kind, subject, status, not_before, tries, error, "
                    "request_id, created_at) VALUES ('match', 'XQ', 'pending', "
                    "now() - interval '90 seconds', 0, '', '', now())"
                )
            )
            rows = connection.execute(text(query)).all()
            ages = {queue: float(seconds) for queue, seconds in rows}
        engine.dispose()
    assert ages == {"interactive": pytest.approx(90, abs=1), "bulk": 0, "mail": 0}
