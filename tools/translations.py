"""Brings the catalogues to what the code says (`update`), or tells what they lack (`check`)."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "matchmaker" / "translations"
SOURCES = ("matchmaker", "workers")
SOURCE_LANGUAGE = "en"
LANGUAGES = ("en", "zh")
HEADER = "# Texts of the portal; written by `make update-translations` and by translators."
# A date that changes at every run would make every run a change.
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = ("lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "mark", "N_")


def main() -> None:
    """Run the command named on the command line."""
    commands = {"update": update, "check": check}
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in commands:
        sys.exit(f"usage: python -m tools.translations {'|'.join(commands)}")
    commands[name]()


def update() -> None:
    """Add new messages to every catalogue and drop those that the code no longer has."""
    template = extract()
    for language in LANGUAGES:
        catalogue = load(language) or Catalog(locale=language, header_comment=HEADER, fuzzy=False)
        # A copy, because a catalogue takes over the message objects it is given.
        catalogue.update(deepcopy(template), no_fuzzy_matching=True, update_creation_date=False)
        if language == SOURCE_LANGUAGE:
            fill_with_ids(catalogue)
        save(language, catalogue)


def check() -> None:
    """Exit with the list of what is missing, stale, unsure or malformed in the catalogues."""
    template = extract()
    problems = [
        f"{language}: {problem}"
        for language in LANGUAGES
        for problem in problems_of(language, template)
    ]
    if problems:
        shown = "\n".join(f"  {problem}" for problem in problems)
        sys.exit(f"The catalogues need work (`make update-translations` first):\n{shown}")
    print(f"Catalogues: {len(template)} messages in {' and '.join(LANGUAGES)}, all there.")


def problems_of(language: str, template: Catalog) -> Iterator[str]:
    """Yield one sentence for each message that is not as it should be in a language."""
    catalogue = load(language)
    if catalogue is None:
        yield "there is no catalogue"
        return
    for wanted in messages(template):
        found = catalogue.get(wanted.id, wanted.context)
        if found is None:
            yield f"missing: {wanted.id!r}"
        elif found.fuzzy:
            yield f"unsure (fuzzy): {wanted.id!r}"
        elif not is_translated(found):
            yield f"not translated: {wanted.id!r}"
        else:
            yield from (f"{error}: {wanted.id!r}" for error in found.check(catalogue))
    for found in messages(catalogue):
        if template.get(found.id, found.context) is None:
            yield f"no longer in the code: {found.id!r}"


def messages(catalogue: Catalog) -> Iterator[Message]:
    """Yield the messages of a catalogue without its header."""
    return (message for message in catalogue if message.id)


def is_translated(message: Message) -> bool:
    """Tell whether every form of a message has a text."""
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return all(forms)


def fill_with_ids(catalogue: Catalog) -> None:
    """Give each message that has no text yet its own id: ids are in the source language."""
    for message in messages(catalogue):
        if not is_translated(message):
            message.string = message.id


def extract() -> Catalog:
    """Return what the code says, with the names of the files that say it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messages.pot"
        command = ["pybabel", "--quiet", "extract", "--mapping-file=pyproject.toml"]
        command += [f"--keyword={keyword}" for keyword in KEYWORDS]
        command += ["--add-location=file", "--sort-output", f"--output-file={path}"]
        if CommandLineInterface().run([*command, *SOURCES]):
            sys.exit("The messages could not be read from the code.")
        with path.open("rb") as file:
            return read_po(file)


def load(language: str) -> Catalog | None:
    """Read the catalogue of a language, if there is one."""
    path = catalogue_path(language)
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language)


def save(language: str, catalogue: Catalog) -> None:
    """Write the catalogue of a language so that equal contents give equal bytes."""
    catalogue.project, catalogue.version = "matchmaker", ""
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = ""
    catalogue.creation_date = catalogue.revision_date = FIRST_DAY
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, catalogue, width=100, sort_output=True, ignore_obsolete=True)
    path.write_bytes(text.getvalue())


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    main()
