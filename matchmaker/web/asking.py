"""What an address asks, without what no database may be asked for."""

from __future__ import annotations

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

#: What stands in a parameter in place of a NUL, which PostgreSQL refuses to compare with.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class PortalRequest(Request):
    """A request whose parameters hold no NUL; forms keep theirs, which their checks refuse."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the address."""
        pairs = super().args.items(multi=True)
        return ImmutableMultiDict([(_clean(name), _clean(value)) for name, value in pairs])


def _clean(text: str) -> str:
    return text.replace("\x00", REPLACEMENT)
