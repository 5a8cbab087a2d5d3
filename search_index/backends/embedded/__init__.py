"""The embedded backend: SQLite as the crash-safe truth, tantivy and numpy derived from it."""

from search_index.backends.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedIndex"]
