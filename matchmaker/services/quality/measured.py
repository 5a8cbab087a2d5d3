"""What `make quality` measured when this version was made: read from the file that ships with it.

`measured.json` holds one object a section (`ranking`, `levels`, `explanations`, …), each with
``date``, ``command``, ``model`` and the figures that `benchmarks/quality.py` wrote there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

FILE = "measured.json"


@lru_cache(maxsize=1)
def measured() -> Mapping[str, Mapping[str, Any]]:
    """Section → its figures; a section that was never measured is not there."""
    text = (files(__package__) / FILE).read_text(encoding="utf-8")
    sections: Mapping[str, Mapping[str, Any]] = json.loads(text)["sections"]
    return sections
