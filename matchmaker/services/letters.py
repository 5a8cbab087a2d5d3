"""The words of notices and letters, by kind, and where each leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.i18n import catalogue, path_prefix
from matchmaker.i18n import mark as _


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind of notice reads.

    Attributes:
        line: one sentence, with named places for its parameters.
        path: where it leads, with the same named places; "" leads nowhere.
    """

    line: str
    path: str


WORDINGS: Mapping[str, Wording] = {
    "entry_published": Wording(_("%(code)s “%(title)s” is published."), "/entries/%(code)s"),
    "entry_returned": Wording(
        _("%(code)s “%(title)s” came back with remarks; please mend it and submit it again."),
        "/workspace/entries/%(code)s/edit",
    ),
    "entry_rejected": Wording(
        _("%(code)s “%(title)s” was not accepted."), "/workspace/entries/%(code)s"
    ),
    "entry_expires": Wording(
        _("%(code)s “%(title)s” runs out on %(day)s; is it still valid?"),
        "/workspace/entries/%(code)s",
    ),
    "entry_expired": Wording(
        _("%(code)s “%(title)s” has run out and is no longer shown; confirm it to show it again."),
        "/workspace/entries/%(code)s",
    ),
    "edit_accepted": Wording(
        _("Your change of %(code)s “%(title)s” is shown now."), "/entries/%(code)s"
    ),
    "edit_refused": Wording(
        _("Your change of %(code)s “%(title)s” was not accepted: %(note)s"),
        "/workspace/entries/%(code)s",
    ),
    "introduced": Wording(
        _("A broker introduces “%(mine)s” and “%(theirs)s”. Please say if you are interested."),
        "/workspace/introductions/%(match)s",
    ),
    "introduction_agreed": Wording(
        _("Both sides are interested: “%(mine)s” and “%(theirs)s”."),
        "/workspace/introductions/%(match)s",
    ),
    "introduction_declined": Wording(
        _("The introduction of “%(mine)s” and “%(theirs)s” ended: one side declined."),
        "/workspace/introductions/%(match)s",
    ),
    "introduction_closed_desk": Wording(
        _("The sides answered the introduction of “%(mine)s” and “%(theirs)s”."),
        "/desk/matches/%(match)s",
    ),
    "match_assigned": Wording(
        _("A match was handed to you: “%(mine)s” and “%(theirs)s”."), "/desk/matches/%(match)s"
    ),
    "clause_asked": Wording(
        _("A broker asks about %(code)s “%(title)s”: does it meet “%(clause)s”?"),
        "/workspace/questions/%(question)s",
    ),
    "clause_answered": Wording(
        _("The supplier of %(code)s “%(title)s” answered: “%(clause)s”."),
        "/desk/matches/%(match)s",
    ),
    "watch_found": Wording(
        _("Something fits %(code)s “%(title)s”, which you watch. You can stop watching there."),
        "/workspace/entries/%(code)s/matches",
    ),
    "unmet_handed": Wording(
        _(
            "A broker hands you %(count)s demands that nothing on the platform meets yet, "
            "on %(terms)s: %(named)s"
        ),
        "/search?kind=demand&q=%(query)s",
    ),
    "organisation_approved": Wording(
        _("%(organisation)s is approved; you can post now."), "/workspace"
    ),
    "organisation_refused": Wording(_("%(organisation)s was not approved: %(note)s"), ""),
    "organisation_waits": Wording(
        _("%(organisation)s asks to be approved."), "/admin/organisations"
    ),
    "password_reset": Wording(
        _("Set a new password with this address; it works once, for an hour."),
        "/account/reset/%(token)s",
    ),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    body: str


class Letters:
    """Puts notices into words.

    Args:
        address: where people reach the portal, without a slash at the end.
        site_names: language → name of the portal.
    """

    def __init__(self, address: str, site_names: Mapping[str, str]) -> None:
        self._address = address
        self._site_names = site_names

    def compose(self, language: str, kind: str, params: Mapping[str, Any]) -> Letter:
        """The letter of a kind in a language.

        Raises:
            KeyError: there is no such kind of notice.
        """
        translate = catalogue(language).ugettext
        wording = WORDINGS[kind]
        line = translate(wording.line) % params
        body = [line]
        if wording.path:
            body.append(self._address + path_prefix(language) + wording.path % params)
        body.append("—\n" + self._site_names.get(language, ""))
        return Letter(_one_line(line), "\n\n".join(body))


def _one_line(text: str) -> str:
    """A subject without line breaks, which would end a mail's header."""
    return " ".join(text.split())[:200]
