"""Dashboard, alerts and handbook speak of the metrics there are, and of all of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from matchmaker.domain.work import JobKind
from matchmaker.monitoring.exposition import Exposition
from matchmaker.monitoring.prometheus import PrometheusMeters
from matchmaker.monitoring.readings import Readings

DOCS = Path(__file__).resolve().parents[2] / "docs"
RULES, DASHBOARD = DOCS / "monitoring" / "alerts.yml", DOCS / "monitoring" / "dashboard.json"
HANDBOOK = DOCS / "monitoring.md"

_NAME = re.compile(r"\bmatchmaker_\w+")
_SELECTOR = re.compile(r"(matchmaker_\w+)\{([^}]*)\}")
_LABEL = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
_BY = re.compile(r"\bby \(([^)]*)\)")
#: What Prometheus adds to every series.
_OF_PROMETHEUS = {"instance", "job", "le"}
_FUNCTIONS = {
    "absent", "by", "changes", "histogram_quantile", "max", "min", "rate", "sum", "time", "topk"
}  # fmt: skip


def shown() -> dict[str, set[str]]:
    """All samples that a portal can show, with their labels."""
    meters = PrometheusMeters()
    meters.request("GET", "/", 429, 0.1)
    meters.job("match", "done", 0.1)
    meters.search("embedded", "whole", 0.1)
    kind = str(JobKind.MATCH)
    readings = Readings({(kind, "dead"): 1}, {kind: 1.0}, {"suggested": 1}, 1, 1.0, {"index": True})
    text, _ = Exposition(meters, lambda: readings, "embedded").written()
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def families() -> set[str]:
    """Names of metrics; a histogram counts as one."""
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown()}


def panels() -> list[dict[str, Any]]:
    """What the dashboard shows, without its headings."""
    held = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return [panel for panel in held if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    """All alert rules."""
    [group] = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def expressions() -> Iterator[tuple[str, str]]:
    """Whatever is asked of Prometheus: (who asks, expression)."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of the handbook."""
    section = HANDBOOK.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)
    lines = tables[-1].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


ASKED = list(expressions())
of_each = pytest.mark.parametrize(("who", "asked"), ASKED, ids=[who for who, _ in ASKED])


@of_each
def test_an_expression_asks_for_metrics_and_labels_there_are(who: str, asked: str) -> None:
    held = shown()
    names = _NAME.findall(asked)
    assert names
    assert [name for name in names if name not in held] == []
    for name, inside in _SELECTOR.findall(asked):
        assert set(_LABEL.findall(inside)) <= held[name] | _OF_PROMETHEUS
    grouped = {label.strip() for group in _BY.findall(asked) for label in group.split(",")}
    assert grouped <= set.union(*(held[name] for name in names)) | _OF_PROMETHEUS


@of_each
def test_an_expression_is_whole_and_uses_functions_there_are(who: str, asked: str) -> None:
    for opening, closing in ("()", "{}", "[]"):
        assert asked.count(opening) == asked.count(closing)
    assert asked.count('"') % 2 == 0
    called = set(re.findall(r"\b([a-z_]+)\s*\(", asked))
    assert called <= _FUNCTIONS, called


def test_every_metric_is_seen_on_the_dashboard() -> None:
    seen = {
        re.sub(r"_(bucket|sum|count)$", "", name)
        for panel in panels()
        for target in panel["targets"]
        for name in _NAME.findall(target["expr"])
    }
    assert seen == families()


def test_every_metric_is_in_the_handbook_with_its_labels_and_no_other() -> None:
    documented = {row[0]: set(re.findall(r"\w+", row[2])) for row in rows("Metrics")}
    assert set(documented) == families()
    for name, labels in shown().items():
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert labels - {"le"} == documented[family], name


def test_every_panel_and_every_alert_is_explained_and_no_other() -> None:
    assert [row[0] for row in rows("The dashboard")] == [panel["title"] for panel in panels()]
    assert [row[0] for row in rows("Alerts")] == [rule["alert"] for rule in rules()]
    assert all(len(cell) > 5 for table in ("The dashboard", "Alerts") for row in rows(table)
               for cell in row)  # fmt: skip


def test_a_rule_has_all_that_prometheus_asks_for() -> None:
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"].endswith(".")
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_panels_do_not_lie_over_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_takes_the_rules() -> None:
    done = subprocess.run(
        ["promtool", "check", "rules", str(RULES)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
