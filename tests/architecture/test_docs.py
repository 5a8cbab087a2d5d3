"""The documentation agrees with the code: links, commands, states, permissions, file names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from matchmaker.cli import main
from matchmaker.domain.actors import VISITOR, Actor, Role, Standing
from matchmaker.domain.disclosure import Part, disclosed
from matchmaker.domain.kinds import Visibility
from matchmaker.domain.lifecycles import EntryState, MatchState
from matchmaker.domain.policy import EntryScope, Permission, allows
from matchmaker.services.seeding import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
from tools import lifecycles

ROOT = Path(__file__).resolve().parents[2]
README, DOCS = ROOT / "README.md", ROOT / "docs"
PAGES = sorted([README, ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
#: Folders whose files the documentation may name.
NAMED = (
    "matchmaker",
    "workers",
    "search_index",
    "seed_data",
    "tests",
    "benchmarks",
    "tools",
    "docs",
)

_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"[\w./-]+\.(?:py|md|json|csv|yaml|toml|html|css|js|txt|sh|svg)")
_SVG_CODE = re.compile(r'class="code"[^>]*>([^<]+)<')

OWN, OTHER = 1, 2


def of_role(role: Role, organisation: int = OTHER) -> Actor:
    """A person with one membership."""
    return Actor(1, "somebody", (Standing(role, organisation),))


#: The people that head the columns of docs/permissions.md.
PEOPLE = {
    "visitor": VISITOR,
    "member": of_role(Role.MEMBER),
    "owner": of_role(Role.MEMBER, OWN),
    **{role.value: of_role(role) for role in Role if role is not Role.MEMBER},
}


def named(page: Path) -> str:
    """How a page is called in a test's id."""
    return page.relative_to(ROOT).as_posix()


def targets(page: Path) -> set[Path]:
    """The files a page links to."""
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    return {(page.parent / path).resolve() for path, _ in links if path}


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def table(heading: str) -> Iterator[dict[str, str]]:
    """The rows of the table below a heading of docs/permissions.md, by column."""
    page = (DOCS / "permissions.md").read_text(encoding="utf-8")
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    for row in rows:
        yield dict(zip(header, (cell.strip("`") for cell in row), strict=True))


def answers(row: dict[str, str]) -> dict[str, bool]:
    """The cells of a row that say yes or no, by person."""
    return {who: {"yes": True, "–": False}[row[who]] for who in PEOPLE if who in row}


def allowed(
    row: dict[str, str], permission: Permission, entry: EntryScope | None
) -> dict[str, bool]:
    """What the policy says for the same cells."""
    return {who: allows(PEOPLE[who], permission, entry) for who in answers(row)}


@cache
def files() -> tuple[str, ...]:
    """All files that the documentation may name, from the root, each after a slash."""
    found = [path for name in NAMED for path in (ROOT / name).rglob("*") if path.is_file()]
    return tuple("/" + path.relative_to(ROOT).as_posix() for path in [*found, *ROOT.glob("*")])


def is_there(name: str) -> bool:
    """Whether a file is called so, by its whole path or the end of it."""
    return any(path.endswith("/" + name) for path in files())


def commands_named(page: Path) -> list[str]:
    """What a page says to type after `matchmaker`."""
    text = page.read_text(encoding="utf-8")
    return [code[11:] for code in _CODE.findall(text) if code.startswith("matchmaker ")]


def is_command(line: str) -> bool:
    """Whether a line can be typed after `matchmaker`: its commands and switches exist."""
    command: click.Command = main
    for word in shlex.split(line):
        if word.startswith("-"):
            switches = {name for parameter in command.params for name in parameter.opts}
            if word not in switches | {"--help"}:
                return False
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return False
            command = found
    return True


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    assert [named(target) for target in sorted(targets(document)) if not target.exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_every_anchor_is_a_heading(document: Path) -> None:
    found = _LINK.findall(document.read_text(encoding="utf-8"))
    links = [
        (document.parent / path if path else document, anchor) for path, anchor in found if anchor
    ]
    assert [anchor for target, anchor in links if anchor not in anchors(target)] == []


def test_every_page_is_in_the_index() -> None:
    assert set(DOCS.glob("*.md")) - {DOCS / "README.md"} - targets(DOCS / "README.md") == set()


def test_every_decision_is_in_the_list_and_has_its_three_parts() -> None:
    decisions = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert set(decisions) - targets(DOCS / "adr" / "README.md") == set()
    for number, decision in enumerate(decisions, start=1):
        text = decision.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequence"))


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_every_file_a_page_names_is_there(document: Path) -> None:
    codes = _CODE.findall(_FENCE.sub("", document.read_text(encoding="utf-8")))
    names = [code for code in codes if _FILE.fullmatch(code) and not code.startswith(("/", "."))]
    folders = [code for code in codes if code.endswith("/") and code.startswith(NAMED)]
    missing = [name for name in names if not is_there(name)]
    missing += [name for name in folders if "<" not in name and not (ROOT / name).is_dir()]
    assert missing == []


def test_every_file_the_picture_names_is_there() -> None:
    picture = (DOCS / "images" / "entry-way.svg").read_text(encoding="utf-8")
    names = [name for text in _SVG_CODE.findall(picture) for name in _FILE.findall(text)]
    assert names
    assert [name for name in names if not is_there(name)] == []


def test_the_lifecycles_are_those_of_the_domain() -> None:
    page = lifecycles.PAGE.read_text(encoding="utf-8")
    assert lifecycles.rendered(page) == page, "run python -m tools.lifecycles --write"


def test_every_permission_is_explained() -> None:
    headings = ("Without a particular entry", "With an entry")
    listed = [row["permission"] for heading in headings for row in table(heading)]
    assert sorted(listed) == sorted(Permission)


def test_permissions_without_an_entry_are_those_of_the_policy() -> None:
    for row in table("Without a particular entry"):
        assert answers(row) == allowed(row, Permission(row["permission"]), None), row


def test_permissions_with_an_entry_are_those_of_the_policy() -> None:
    entry = EntryScope(OWN, EntryState.PUBLISHED, Visibility.PUBLIC)
    for row in table("With an entry"):
        assert answers(row) == allowed(row, Permission(row["permission"]), entry), row


def test_who_sees_an_entry_is_as_the_policy_says() -> None:
    seen = set()
    for row in table("Who sees an entry"):
        state = EntryState(row["state"])
        choice = row["visibility"]
        for visibility in Visibility if choice == "any" else [Visibility(choice)]:
            entry = EntryScope(OWN, state, visibility)
            assert answers(row) == allowed(row, Permission.VIEW_ENTRY, entry), (row, visibility)
            seen.add((state, visibility))
    assert len(seen) == len(EntryState) * len(Visibility)


def test_what_the_sides_see_is_as_the_domain_says() -> None:
    words = {"that there is a match": {Part.EXISTENCE}, "nothing": set()}
    rows = list(table("What the sides of a match see"))
    assert sorted(row["match"] for row in rows) == sorted(MatchState)
    for row in rows:
        for column, may_read_other in (("open", True), ("held back", False)):
            cell = row[column]
            shown = words.get(cell) if cell in words else {Part(one) for one in cell.split(", ")}
            parts = disclosed(MatchState(row["match"]), may_read_other=may_read_other)
            assert parts - {Part.EXISTENCE} == (shown or set()) - {Part.EXISTENCE}, row
            assert bool(parts) == bool(shown), row


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_every_command_a_page_names_exists(document: Path) -> None:
    assert [line for line in commands_named(document) if not is_command(line)] == []


def test_the_readme_names_every_command() -> None:
    named_there = [line.split() for line in commands_named(README)]
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else [""]
        for second in inner:
            wanted = [name, second] if second else [name]
            assert any(words[: len(wanted)] == wanted for words in named_there), wanted


def test_every_make_target_a_page_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    held = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named_there = re.findall(
            r"(?:^|`)(?:MATCHMAKER_\w+=\S+ )?make ([a-z-]+)", text, re.MULTILINE
        )
        assert set(named_there) <= held, named(page)


def test_the_readme_names_the_sample_accounts() -> None:
    text = README.read_text(encoding="utf-8")
    assert SAMPLE_PASSWORD in text
    assert [one.email for one in SAMPLE_ACCOUNTS if f"`{one.email}`" not in text] == []
