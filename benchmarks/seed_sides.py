"""The seed's entries as matching sees them, read from their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from matchmaker.matching.sides import LINE, Side

SEED = Path(__file__).parent.parent / "seed_data"
KINDS = ("achievement", "demand", "project", "expert")
TEXTS = ("key_technology", "clauses", "existing_basis", "benefits", "applications")


def read_sides(kind: str) -> Iterator[Side]:
    """Yield the sample entries of a kind, file by file."""
    for file in sorted((SEED / f"{kind}s").glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
            yield side_of(entry, kind)


def side_of(entry: Mapping[str, Any], kind: str) -> Side:
    """Return an entry of a seed file as matching sees it; money comes in yuan."""
    return Side(
        code=entry["key"],
        kind=kind,
        language=entry.get("language", "zh"),
        title=entry["title"],
        summary=entry.get("summary", ""),
        body=entry.get("body", ""),
        keywords=tuple(entry.get("keywords", ())),
        extras=extras_of(entry),
        fields=tuple(entry.get("fields", ())),
        industries=tuple(entry.get("industries", ())),
        region=entry.get("region", ""),
        stage=entry.get("stage", ""),
        trl=entry.get("trl"),
        demand_type=entry.get("demand_type", ""),
        transfer_modes=tuple(entry.get("transfer_modes", entry.get("solution_modes", ()))),
        price_fen=fen(entry.get("price_yuan")),
        price_negotiable=entry.get("price_negotiable", False),
        budget_min_fen=fen(entry.get("budget_min_yuan")),
        budget_max_fen=fen(entry.get("budget_max_yuan")),
        deadline=entry.get("deadline"),
        confirmed_on=entry.get("confirmed_on"),
        availability=entry.get("availability", ""),
    )


def fen(yuan: float | None) -> int | None:
    """Return an amount in 分, ``None`` where none is stated."""
    return None if yuan is None else round(yuan * 100)


def extras_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the further texts of an entry by field, translations with their language."""
    extras = {name: lines(entry[name]) for name in TEXTS if entry.get(name)}
    for name in ("evidence", "milestones"):
        if entry.get(name):
            extras[name] = LINE.join(row["text"] for row in entry[name])
    for language, texts in (entry.get("translations") or {}).items():
        extras |= {f"{name}.{language}": lines(text) for name, text in texts.items() if text}
    return extras


def lines(value: str | Sequence[str]) -> str:
    """Return a text, or the items of a list as its lines."""
    return value if isinstance(value, str) else LINE.join(value)
