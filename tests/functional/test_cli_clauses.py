"""`matchmaker clauses`: what a text requires, without a portal."""

from __future__ import annotations

import json
import subprocess
import sys

from click.testing import CliRunner

from matchmaker.cli import main

TEXT = "希望产水率不低于 95 %，控温精度 ±0.5 ℃；预算 300 万元。"


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["clauses", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_each_requirement_is_an_object_with_its_place() -> None:
    first, second = json.loads(printed(TEXT, "--json"))
    assert first == {
        "text": "产水率不低于 95 %",
        "start": 2,
        "end": 13,
        "subject": "产水率",
        "comparator": ">=",
        "low": 95.0,
        "high": None,
        "unit": "%",
        "condition": "",
    }
    assert (second["comparator"], second["low"], second["high"]) == ("+-", 0.0, 0.5)


def test_a_text_that_requires_nothing_gives_an_empty_list() -> None:
    assert json.loads(printed("预算 300 万元。", "--json")) == []
    assert printed("预算 300 万元。") == "Nothing in this text requires a figure.\n"


def test_without_json_it_is_a_table() -> None:
    header, *rows = printed(TEXT).splitlines()
    assert header.split()[:3] == ["subject", "comparator", "low"]
    assert [row.split()[0] for row in rows] == ["产水率", "控温精度"]


def test_reading_loads_neither_the_portal_nor_the_library_of_units() -> None:
    code = (
        "import sys; from matchmaker.cli.clauses import clauses;"
        "clauses(['产水率不低于 95 %'], standalone_mode=False);"
        "print([name for name in ('pint', 'sqlalchemy', 'flask', 'numpy') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
