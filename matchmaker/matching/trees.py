"""Trees of codes (technology fields, industries, regions), and how near two codes lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Tree:
    """Codes with their parents; a code without an entry has none."""

    def __init__(self, parents: Mapping[str, str] = _NOTHING) -> None:
        """Take each code's parent; an empty parent means a root."""
        self._parents = {code: parent for code, parent in parents.items() if parent}

    def path(self, code: str) -> tuple[str, ...]:
        """Return ``code`` and its ancestors, root last."""
        path = [code]
        while (parent := self._parents.get(path[-1])) and parent not in path:
            path.append(parent)
        return tuple(path)

    def nearness(self, left: str, right: str) -> float:
        """Return 1 for the same code, 0 without a common ancestor.

        Between them 2·d(common) / (d(left) + d(right)) with d the number of codes on the path
        from the root (Wu and Palmer 1994).
        """
        first, second = self.path(left), self.path(right)
        common = next((len(second) - at for at, code in enumerate(second) if code in first), 0)
        return 2 * common / (len(first) + len(second))

    def nearest(self, lefts: Iterable[str], rights: Iterable[str]) -> tuple[float, str, str] | None:
        """Return the nearest pair and its nearness, ``None`` where a side has no code."""
        pairs = [(self.nearness(one, two), one, two) for one in lefts for two in list(rights)]
        return max(pairs, key=lambda pair: pair[0], default=None)
