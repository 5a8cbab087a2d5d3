"""Draws the tables and diagrams of docs/lifecycles.md from the domain: `--write` to update them."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from matchmaker.domain.lifecycles import DEAL, ENTRY, INTRODUCTION, MATCH, QUESTION, Lifecycle

PAGE = Path(__file__).resolve().parent.parent / "docs" / "lifecycles.md"
_PART = re.compile(r"(<!-- lifecycle: (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)

LIFECYCLES: tuple[Lifecycle[StrEnum], ...] = (
    ENTRY,  # type: ignore[assignment]
    MATCH,
    INTRODUCTION,
    QUESTION,
    DEAL,
)

#: Drawn from left to right, because many arrows meet in one state.
SIDEWAYS = frozenset({"match"})

#: Who takes a step, and when: what the table of the domain itself does not say.
WHO: Mapping[str, Mapping[str, str]] = {
    "entry": {
        "submit": "the organisation hands it in; all required fields must be there",
        "publish": "a broker; it is embedded, indexed and matched next",
        "return": "a broker, with a reason for each field concerned",
        "reject": "a broker, with a reason; this is final",
        "recall": "the organisation takes it back to change it",
        "expire": "the daily job, on the day after *valid until*",
        "withdraw": "the organisation; its open matches end with it",
        "conclude": "the organisation; it stays to be read and is matched no more",
        "confirm": "the organisation says that it still holds; it then runs for another year",
        "reopen": "the organisation makes it a draft again",
    },
    "match": {
        "approve": "a broker; the introduction is queued with ten minutes to undo it",
        "reject": "a broker, with a reason code",
        "snooze": "a broker, until a day of their choice",
        "withdraw": "the matching, when the pair no longer holds and nobody has acted on it",
        "wake": "the daily job, on that day",
        "introduce": "the queued job after its wait, or at once when the broker asks for it",
        "undo": "the broker whose verdict it was, within ten minutes",
        "suggest": "the matching, when the pair holds again",
    },
    "introduction": {
        "agree": "the second side says it is interested as well",
        "decline": "either side, with a reason",
    },
    "question": {
        "answer": "a member of the organisation asked, with a figure or text; it can be corrected",
        "pass": "a member who can't say",
        "withdraw": "a broker, while it is not answered",
        "ask": "a broker asks again what was taken back",
    },
    "deal": {
        "negotiate": "the sides talk about terms",
        "sign": "the contract is signed",
        "deliver": "the work is handed over",
        "take_effect": "the effect can be measured",
        "end": "it stops here, with a reason",
    },
}


def main() -> None:
    """Update the page, or exit with a sentence where it differs from the domain."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update docs/lifecycles.md")
    arguments = parser.parse_args()
    held = PAGE.read_text(encoding="utf-8")
    wanted = rendered(held)
    if arguments.write:
        PAGE.write_text(wanted, encoding="utf-8")
    elif held != wanted:
        sys.exit("docs/lifecycles.md is out of date: run python -m tools.lifecycles --write.")


def rendered(page: str) -> str:
    """The page with its generated parts brought to what the domain says.

    Raises:
        ValueError: a lifecycle has no place on the page, or the page names one there is not.
    """
    known = {one.name: one for one in LIFECYCLES}
    places = [found.group(2) for found in _PART.finditer(page)]
    if sorted(places) != sorted(known):
        raise ValueError(f"the page has places for {places}, the domain has {sorted(known)}")
    return _PART.sub(lambda found: found[1] + _part(known[found[2]]) + found[3], page)


def _part(lifecycle: Lifecycle[StrEnum]) -> str:
    return "\n".join(("", *_diagram(lifecycle), "", *_table(lifecycle), "", ""))


def _diagram(lifecycle: Lifecycle[StrEnum]) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    if lifecycle.name in SIDEWAYS:
        yield "    direction LR"
    yield f"    [*] --> {lifecycle.initial}"
    for (state, target), actions in _arrows(lifecycle).items():
        yield f"    {state} --> {target}: {' or '.join(map(_words, actions))}"
    yield from (f"    {state} --> [*]" for state in _last(lifecycle))
    yield "```"


def _table(lifecycle: Lifecycle[StrEnum]) -> Iterator[str]:
    yield "| from | step | to | who, and when |"
    yield "|---|---|---|---|"
    for (state, action), target in lifecycle.steps.items():
        who = WHO[lifecycle.name][action]
        yield f"| `{state}` | {_words(action)} | `{target}` | {who} |"


def _arrows(lifecycle: Lifecycle[StrEnum]) -> Mapping[tuple[StrEnum, StrEnum], list[str]]:
    """The steps between each two states, for one arrow each."""
    found: dict[tuple[StrEnum, StrEnum], list[str]] = {}
    for (state, action), target in lifecycle.steps.items():
        found.setdefault((state, target), []).append(action)
    return found


def _last(lifecycle: Lifecycle[StrEnum]) -> list[StrEnum]:
    """The states from which no step leads on."""
    return [state for state in type(lifecycle.initial) if not lifecycle.actions(state)]


def _words(action: str) -> str:
    return action.replace("_", " ")


if __name__ == "__main__":
    main()
