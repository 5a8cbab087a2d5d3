"""What can be wrong with an archive, or with the portal it shall go into, as whole sentences.

They are for the operator at a terminal: no page ever shows them.
"""

from __future__ import annotations

from matchmaker.domain.errors import ConfigurationError


class ArchiveError(ConfigurationError):
    """A backup can't be made or restored; the message says why, and that nothing was changed."""


def foreign() -> ArchiveError:
    """The file is something else."""
    return ArchiveError("This file is no backup of this portal; nothing was changed.")


def cut_off() -> ArchiveError:
    """The manifest, which comes last, is not there."""
    return ArchiveError(
        "This backup is cut off: its end with the manifest is missing. Nothing was changed; "
        "take another copy of it."
    )


def damaged(what: str) -> ArchiveError:
    """What it holds is not what it says."""
    return ArchiveError(
        f"This backup is damaged or was altered: {what}. Nothing was changed; take another copy "
        "of it."
    )


def newer(found: str) -> ArchiveError:
    """A later version made it."""
    return ArchiveError(
        f"This backup was made by a newer version of the portal ({found}); nothing was changed. "
        "Install that version and restore it there."
    )


def unusable(doing: str, path: str, error: OSError) -> ArchiveError:
    """The machine does not let us read or write the file."""
    return ArchiveError(f"{path} can't be {doing}: {error.strerror or error}.")
