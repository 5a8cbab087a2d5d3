"""Holds the lock files to what installing from them relies on."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.IGNORECASE)


def main() -> None:
    """Exit with every broken promise; print one line where all are kept."""
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    problems = [problem for lock in locks for problem in problems_of(lock)]
    problems += [*problems_between(locks), *problems_of_npm(ROOT / "package-lock.json")]
    if problems:
        sys.exit("The lock files need work (`make lock`):\n  " + "\n  ".join(problems))
    print(f"Locks: {len(locks)} for Python and 1 for npm, with hashes and without addresses.")


def problems_of(lock: Path) -> Iterator[str]:
    """Yield what is wrong in one lock: addresses, options, torch, a pin without a hash."""
    text = lock.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if re.search(r"https?://|^-", line):
            yield f"{lock.name}:{number} names an address or an option: {line.strip()}"
    for entry in re.split(r"\n(?=\S)", text):
        if PIN.match(entry) and "--hash=sha256:" not in entry:
            yield f"{lock.name}: {entry.split()[0]} has no hash"
    if "torch" in pins(lock):
        yield f"{lock.name} pins torch, whose build is the operator's choice"


def problems_between(locks: list[Path]) -> Iterator[str]:
    """Yield each package that two locks pin to different versions."""
    seen: dict[str, tuple[str, str]] = {}
    for lock in locks:
        for name, version in pins(lock).items():
            other, first = seen.setdefault(name, (lock.name, version))
            if first != version:
                yield f"{name} is {first} in {other} and {version} in {lock.name}"


def problems_of_npm(lock: Path) -> Iterator[str]:
    """Yield each npm package with a download address or without an integrity hash."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    for name, package in packages.items():
        if "resolved" in package:
            yield f"{lock.name}: {name} names a download address"
        if name and "integrity" not in package:
            yield f"{lock.name}: {name} has no integrity hash"


def pins(lock: Path) -> dict[str, str]:
    """Return package → version of a lock."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {found[1].lower(): found[2] for line in lines if (found := PIN.match(line))}


if __name__ == "__main__":
    main()
