"""What an error of Elasticsearch means for its operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from search_index.backends.base import Fault

FULL_DISK = "read-only-allow-delete"
"""The block a node sets by itself when its disk passes the flood stage."""

_BLOCKED = "cluster_block_exception"
_BY_TYPE: Mapping[str, Fault] = {
    "media_type_header_exception": Fault.VERSION,
    "strict_dynamic_mapping_exception": Fault.LAYOUT,
    "invalid_alias_name_exception": Fault.LAYOUT,
    "index_not_found_exception": Fault.LOST,
    "security_exception": Fault.REFUSED,
    "es_rejected_execution_exception": Fault.SLOW,
    "circuit_breaking_exception": Fault.SLOW,
}
_BY_STATUS: Mapping[int, Fault] = {
    401: Fault.REFUSED,
    403: Fault.REFUSED,
    429: Fault.SLOW,
    502: Fault.AWAY,
    503: Fault.AWAY,
    504: Fault.SLOW,
}


def fault_of(error: ApiError | TransportError) -> Fault:
    """Return what a failed request says about the cluster."""
    if isinstance(error, TransportError):
        return Fault.SLOW if isinstance(error, ConnectionTimeout) else Fault.AWAY
    if isinstance(error, UnsupportedProductError):
        return Fault.VERSION
    cause = error.body.get("error") if isinstance(error.body, dict) else None
    return fault_told(cause, error.meta.status)


def fault_told(cause: Any, status: int) -> Fault:
    """Return what an error inside an answer says; ``cause`` is its body, ``status`` its HTTP."""
    causes = [cause, *cause.get("root_cause", ())] if isinstance(cause, dict) else []
    for one in causes:
        kind, reason = str(one.get("type")), str(one.get("reason"))
        if kind == _BLOCKED:
            return _block(reason)
        if kind in _BY_TYPE:
            return _BY_TYPE[kind]
    return _BY_STATUS.get(status, Fault.OTHER)


def told(cause: Any) -> str:
    """Return an error's body as a sentence."""
    if not isinstance(cause, dict):
        return str(cause)
    for one in (cause, *cause.get("root_cause", ())):
        if one.get("reason"):
            return f"{one.get('type')}: {one['reason']}"
    return str(cause.get("type"))


def _block(reason: str) -> Fault:
    if FULL_DISK in reason:
        return Fault.FULL
    if "SERVICE_UNAVAILABLE" in reason:
        return Fault.AWAY
    return Fault.REFUSED if "index read (api)" in reason else Fault.READ_ONLY
