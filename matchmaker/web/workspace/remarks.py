"""Reason codes in words: a broker's remarks on an entry, and reasons to choose from."""

from __future__ import annotations

from matchmaker.models import Entry
from matchmaker.services.taxonomies import Term
from matchmaker.web.access import services
from matchmaker.web.language import current_language

#: Action in the history → use of its reason codes.
USE_OF_ACTION = {
    "return": "entry_return",
    "reject": "entry_reject",
    "withdraw": "entry_withdraw",
    "answer": "introduction_decline",
}


def remarks_of(entry: Entry) -> dict[str, str]:
    """Field name → what a broker remarked, in words; "" is the entry as a whole."""
    use = "entry_reject" if entry.status == "rejected" else "entry_return"
    return {
        field: remark_text(use, str(held.get("code", "")), str(held.get("note", "")))
        for field, held in entry.return_reasons.items()
    }


def remark_text(use: str, code: str, note: str) -> str:
    """A reason with its note and, where there is none, the advice that goes with it."""
    term = services().taxonomies.reasons.get(use, {}).get(code)
    words = [term.name(current_language())] if term else []
    if note.strip():
        words.append(note.strip())
    elif term:
        words.append(_advice(term))
    return " — ".join(filter(None, words))


def reason_options(use: str) -> list[tuple[str, str]]:
    """Reasons of one use, to choose from."""
    terms = services().taxonomies.reasons.get(use, {}).values()
    return [(term.code, term.name(current_language())) for term in terms]


def _advice(term: Term) -> str:
    return term.details.get(f"advice_{current_language()}", "")
