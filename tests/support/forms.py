"""Forms as a browser without JavaScript shows and sends them."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from matchmaker.models import Entry
from tests.support.world import World


def the_entry(world: World, who: str = "firm") -> Any:
    """The only entry there is."""
    with world.container.database.read() as session:
        code = session.scalars(select(Entry.code)).one()
    return world.container.reading.get(world.actor(who), code)


def shown_form(page: TestResponse) -> dict[str, list[str]]:
    """What the long form of a page would send as it stands, by control name."""
    form = BeautifulSoup(page.text, "html.parser").select_one(
        "form[data-autosave-url], form.section"
    )
    assert form is not None
    found: dict[str, list[str]] = {}
    for control in form.select("input[name], textarea[name], option[selected]"):
        name = str(control.get("name") or control.find_parent("select")["name"])  # type: ignore[index]
        if control.get("type") in ("checkbox", "radio") and not control.has_attr("checked"):
            continue
        value = control.text.removeprefix("\n") if control.name == "textarea" else control["value"]
        found.setdefault(name, []).append(str(value))
    return found


def edit_form(client: FlaskClient, entry: Entry, **changes: object) -> dict[str, object]:
    """The edit form of an entry as a browser sends it, with some controls changed."""
    shown = shown_form(client.get(f"/workspace/entries/{entry.code}/edit"))
    return {**shown, "then": "save", **changes}


def without_tokens(text: str) -> str:
    """A page without what differs each time: tokens of its forms, the number of the request."""
    text = re.sub(r"\b[0-9a-f]{16}\b", "", text)
    return re.sub(r'(name="csrf[-_]token"[^>]*(?:value|content)=")[^"]*', r"\1", text)
