"""Turns broken rules and expected errors into sentences for the person who reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from matchmaker.domain.errors import MatchmakerError, Problem

_PROBLEMS: Mapping[str, LazyString] = {
    "required": _("Please fill this in."),
    "contact_way_needed": _("Please give a phone number or an email address."),
    "too_long": _("At most %(most)s characters; there are %(is)s."),
    "line_too_long": _("A line can hold at most %(most)s characters; one has %(is)s."),
    "too_many": _("At most %(most)s; there are %(is)s."),
    "too_small": _("At least %(least)s."),
    "too_large": _("At most %(most)s."),
    "unreadable": _("There are characters in it that can't be kept."),
    "unknown_choice": _("“%(value)s” is not one of the choices."),
    "not_a_number": _("“%(value)s” is not a number."),
    "quote_not_found": _("“%(quote)s” does not stand in this field; copy it as it stands here."),
    "not_a_date": _("“%(value)s” is not a date; write it as 2026-12-31."),
    "date_out_of_range": _("The year must lie between 1950 and 2100."),
    "budget_reversed": _("The upper limit of the budget is below the lower one."),
    "dates_reversed": _("The end lies before the start."),
    "email": _("This is not an email address."),
    "email_taken": _("There is an account with this address already."),
    "password_short": _("At least %(least)s characters."),
    "password_common": _("This password is too easy to guess."),
    "wrong_password": _("The password is wrong."),
    "passwords_differ": _("The two passwords differ."),
    "organisation_known": _("This organisation is registered already; ask its people to add you."),
    "remark_needed": _("Please say what should be changed."),
    "not_yourself": _("You can't shut yourself out."),
    "file_type_refused": _("This type of file is not accepted; PDF, images and office files are."),
    "file_type_disagrees": _("The file's content is not what its name says."),
    "file_empty": _("The file is empty."),
    "too_many_files": _("An entry can hold at most %(most)s files."),
    "one_demand_needed": _("Please name one demand and one other entry."),
    "date_not_ahead": _("Please choose a day that is still to come."),
}

_ERRORS: Mapping[str, LazyString] = {
    "no_entry": _("There is no such entry, or it is not open to you."),
    "stale_version": _("Somebody else saved this meanwhile; nothing of theirs was overwritten."),
    "illegal_transition": _("This step is no longer possible; the entry or match has moved on."),
    "not_editable": _("An entry in this state can't be edited."),
    "organisation_not_approved": _("Your organisation still waits for approval."),
    "not_your_organisation": _("You can post only for your own organisation."),
    "file_too_large": _("The file is larger than %(most_mb)s MB."),
    "form_too_large": _("The form is larger than %(most_kb)s kB."),
    "too_many_forms": _("Too many forms wait to be sent; please sign in and try again."),
    "entry_moved_on": _("The entry is no longer shown, so this edit can't be applied."),
    "edited_again": _("The entry was changed again since; judge the later edit first."),
    "decided_already": _("This was decided already."),
    "token_spent": _("This address was used already or has run out; ask for a new one."),
    "undo_over": _("The time to take this back is over."),
    "no_dead_job": _("This job is not waiting for a retry."),
    "answered_already": _("This introduction was answered already."),
    "no_file": _("There is no such file, or it is not open to you."),
    "file_missing": _(
        "The file is registered but its content is missing; please tell the operator."
    ),
    "not_allowed": _("Your role does not include this."),
    "no_page": _("There is no such page."),
    "no_person": _("There is no such account."),
    "no_organisation": _("There is no such organisation, or it is not approved."),
    "no_weights": _("There is no such version of the weights that could be made live."),
    "rebuild_runs": _("The search index is being rebuilt already; wait for that to end."),
    "weights_live": _("This version is live already."),
    "weights_outdated": _("This version was fitted for other signals than the platform has now."),
    "nothing_to_roll_back": _("There is no version before the live one."),
    "no_previous_index": _("There is no index before this one to go back to."),
    "no_cluster": _("There is no such cluster any more; the map was drawn anew."),
    "nothing_to_hand": _("Members of other organisations may see none of these demands."),
    "no_match": _("There is no such match."),
    "no_introduction": _("There is no such introduction, or it is not open to you."),
    "no_question": _("There is no such question, or it was taken back."),
    "question_answered_meanwhile": _("A colleague answered meanwhile; this is how it stands now."),
    "clause_not_open": _("This requirement is no longer open; please look at the match once more."),
    "demand_held_back": _(
        "This demand is not open to the supplier, so nothing of it can be quoted before the "
        "introduction."
    ),
    "no_edit": _("No such edit waits; a colleague may have judged it already."),
    "entry_not_published": _("One of the two entries is no longer published."),
    "session_over": _("The page had been open for too long; open it anew and send it once more."),
    "sign_in_needed": _("Please sign in first."),
    "database_away": _("The database can't be reached just now; nothing was changed."),
}


def sentence(problem: Problem) -> str:
    """One broken rule in words."""
    text = _PROBLEMS.get(problem.code)
    return str(text) % dict(problem.params) if text is not None else problem.code


def sentences_by_field(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """Field name → what is wrong with it, in words."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(sentence(problem))
    return found


def explanation(error: MatchmakerError) -> str:
    """An expected error in words."""
    text = _ERRORS.get(error.code)
    if text is None:
        return gettext("This can't be done now.")
    return str(text) % error.params


def known_problem_codes() -> frozenset[str]:
    """All codes of broken rules that have a sentence."""
    return frozenset(_PROBLEMS)


def known_error_codes() -> frozenset[str]:
    """All codes of expected errors that have a sentence."""
    return frozenset(_ERRORS)
