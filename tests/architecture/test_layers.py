"""Arrows between packages point one way: the contract in `pyproject.toml` holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import matchmaker

ROOT = Path(matchmaker.__file__).parents[1]
CONFIG = ROOT / "pyproject.toml"


def run(config: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a configuration."""
    pytest.importorskip("importlinter", reason="import-linter is missing; run `make install`")
    command = [
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-logo",
        "--no-cache",
        f"--config={config}",
    ]
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_every_contract_is_kept() -> None:
    done = run(CONFIG)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_domain_reads_nothing_from_outside() -> None:
    for path in (ROOT / "matchmaker" / "domain").glob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith(("import ", "from ")):
                module = line.split()[1].split(".")[0]
                assert module in sys.stdlib_module_names | {"matchmaker"}, f"{path.name}: {line}"


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("matchmaker", "search_index")
        for path in (ROOT / folder).rglob("*.py")
        if "os.environ" in path.read_text("utf-8") or "getenv(" in path.read_text("utf-8")
    }
    assert readers <= {"matchmaker/config.py"}


def test_a_broken_arrow_is_found(tmp_path: Path) -> None:
    text = CONFIG.read_text("utf-8")
    turned = text.replace(
        'layers = ["workers", "matchmaker", "search_index"]',
        'layers = ["search_index", "matchmaker", "workers"]',
    )
    assert turned != text
    config = tmp_path / "pyproject.toml"
    config.write_text(turned, "utf-8")
    done = run(config)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout, done.stdout + done.stderr
