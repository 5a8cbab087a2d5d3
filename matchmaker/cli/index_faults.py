"""What is wrong with the search index, as a sentence with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.config import PREFIX
from search_index.backends.base import Fault, SearchIndexError

_REBUILD = "Run `matchmaker index rebuild`."
_KEPT = "Meanwhile what is posted is kept and follows by itself."
_FALLBACK = "Meanwhile the database answers searches, and what is posted is kept."

#: What is wrong, and what to do, for an index in Elasticsearch.
CLUSTER: Mapping[Fault, tuple[str, str]] = {
    Fault.AWAY: (
        "Elasticsearch does not answer",
        f"Start it, or correct {PREFIX}SEARCH_URL. {_FALLBACK}",
    ),
    Fault.SLOW: (
        "Elasticsearch answers too slowly, or not at all within its time",
        f"Look at its load and memory, and at the network between. {_FALLBACK}",
    ),
    Fault.FULL: (
        "the disk of Elasticsearch is full, so it takes no writes; it can be searched",
        "Make room on that disk, or give the node another; it lets writes through by itself "
        f"then. {_KEPT}",
    ),
    Fault.READ_ONLY: (
        "somebody made the index in Elasticsearch read-only; it can be searched",
        f"Set the blocks named here to null in its settings. {_KEPT}",
    ),
    Fault.LAYOUT: (
        "the index in Elasticsearch is not laid out as this version needs it",
        f"{_REBUILD} If an index of another program has the name itself, remove that one or set "
        f"{PREFIX}SEARCH_PREFIX to another word first. {_FALLBACK}",
    ),
    Fault.VERSION: (
        "server and client are of different major versions, or something else answers there",
        f"Run Elasticsearch 9, or correct {PREFIX}SEARCH_URL. {_FALLBACK}",
    ),
    Fault.REFUSED: (
        "Elasticsearch does not let the portal in",
        f"Correct user and password in {PREFIX}SEARCH_URL, or give that user all rights on "
        f"indexes named after {PREFIX}SEARCH_PREFIX. {_FALLBACK}",
    ),
    Fault.LOST: (
        "the index is not in Elasticsearch",
        f"Start the portal or a worker, which build it anew, or run `matchmaker index rebuild`. "
        f"{_FALLBACK}",
    ),
    Fault.OTHER: (
        "the index in Elasticsearch can't be used",
        f"{_REBUILD} {_FALLBACK}",
    ),
}

#: The same for an index in the data folder.
FOLDER: Mapping[Fault, tuple[str, str]] = {
    Fault.FULL: (
        "the disk is all but full, so the index takes no writes; it can be searched",
        f"Make room on that disk. {_KEPT}",
    ),
    Fault.LOST: ("the index is gone", f"{_REBUILD} {_FALLBACK}"),
    Fault.OTHER: ("the index can't be used", f"{_REBUILD} {_FALLBACK}"),
}


def in_words(error: Exception, *, cluster: bool) -> tuple[str, str]:
    """What is wrong, and what to do.

    Args:
        error: what using the index raised.
        cluster: whether it lies in Elasticsearch.
    """
    fault = error.fault if isinstance(error, SearchIndexError) else Fault.OTHER
    table = CLUSTER if cluster else FOLDER
    wrong, mend = table.get(fault, table[Fault.OTHER])
    line = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"{wrong} ({line})", mend
