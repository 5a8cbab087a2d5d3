"""Whether an index is laid out as this release needs it, and takes writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_index.backends.base import Fault, SearchIndexError
from search_index.backends.elasticsearch.mapping import Layout, mapping
from search_index.backends.elasticsearch.node import Node

_TELLING = ("type", "analyzer", "dims", "similarity")
_FULL = "index.blocks.read_only_allow_delete"
_READ_ONLY = ("index.blocks.read_only", "index.blocks.write", "index.blocks.metadata")
_CLUSTER = ("cluster.blocks.read_only", "cluster.blocks.read_only_allow_delete")


def shards_of(node: Node, name: str, dimension: int) -> int:
    """Return the number of shards of an index that is laid out for vectors of ``dimension``.

    Raises SearchIndexError where it is laid out in another way.
    """
    held = _held(node, name)
    check_layout(name, held["mappings"].get("properties", {}), dimension)
    return int(held["settings"]["index.number_of_shards"])


def check_layout(name: str, fields: Mapping[str, Any], dimension: int) -> None:
    """See that an index has every field as a new one would; raises SearchIndexError."""
    wanted = mapping(dimension, Layout(), {})["properties"]
    wrong = sorted(field for field in wanted if not _fits(fields.get(field), wanted[field]))
    if wrong:
        raise SearchIndexError(
            f"the index {name} is not laid out as this version needs it "
            f"({', '.join(wrong)}); rebuild it",
            Fault.LAYOUT,
        )


def check_writable(node: Node, name: str, dimension: int) -> None:
    """See that the cluster is of the right version and the index right and open to writes.

    Raises SearchIndexError with what is wrong.
    """
    node.check_version()
    held = _held(node, name)
    check_layout(name, held["mappings"].get("properties", {}), dimension)
    if _is_set(held["settings"], _FULL):
        raise SearchIndexError(
            f"the index {name} takes no writes: the disk of Elasticsearch is full", Fault.FULL
        )
    cluster = node.call(lambda client: client.cluster.get_settings(flat_settings=True)).body
    everywhere = {**cluster.get("persistent", {}), **cluster.get("transient", {})}
    settings = {**held["settings"], **everywhere}
    if blocks := [block for block in (*_READ_ONLY, *_CLUSTER) if _is_set(settings, block)]:
        raise SearchIndexError(
            f"the index {name} takes no writes: {', '.join(blocks)} is set", Fault.READ_ONLY
        )


def _held(node: Node, name: str) -> Mapping[str, Any]:
    answer = node.call(lambda client: client.indices.get(index=name, flat_settings=True))
    held: Mapping[str, Any] = answer.body[name]
    return held


def _fits(held: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    if held is None:
        return False
    told = {"type": "object", **held}
    return all(told.get(key) == wanted[key] for key in _TELLING if key in wanted)


def _is_set(settings: Mapping[str, Any], name: str) -> bool:
    return str(settings.get(name, "false")).lower() == "true"
