"""Parts of a container: built once, when first asked for, by whichever thread comes first."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, TypeVar, overload

Owner = TypeVar("Owner")
Built = TypeVar("Built")

_building = RLock()


class part(Generic[Owner, Built]):  # noqa: N801
    """Like `functools.cached_property`, but never builds twice.

    The standard one has no lock from Python 3.12 on, and two writers of one index, or two pools
    for one database, are one too many.

    Args:
        build: makes the part; it may ask for other parts.
    """

    def __init__(self, build: Callable[[Owner], Built]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type[Owner], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> part[Owner, Built]: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner]) -> Built: ...

    def __get__(self, owner: Owner | None, kind: type[Owner]) -> Any:
        """The part itself, kept in the owner's `__dict__` from then on."""
        if owner is None:
            return self
        held = owner.__dict__
        with _building:
            if self._name not in held:
                held[self._name] = self._build(owner)
        return held[self._name]
