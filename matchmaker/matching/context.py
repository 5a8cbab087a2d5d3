"""What every signal may rely on besides the two sides: built once, shared by all pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from matchmaker.matching.rarity import BackgroundRarity, Rarity
from matchmaker.matching.synonyms import Synonyms
from matchmaker.matching.trees import Tree
from search_index.analysis import Analyser
from search_index.embedders.base import Embedder


@dataclass(frozen=True, slots=True)
class Floors:
    """The cosines of an embedder below which two entries, or two sentences, say nothing."""

    entry: float = 0.0
    sentence: float = 0.0


@dataclass(frozen=True, slots=True)
class Context:
    """The means of comparison.

    ``fields`` and ``industries`` are the trees of the taxonomies; ``today`` is the
    day that ages and deadlines are counted from, in the portal's time zone. ``bilingual`` says
    that the embedder puts a Chinese and an English text of the same meaning close together;
    ``floors`` are the cosines that unrelated texts reach with it.
    """

    embedder: Embedder
    analyser: Analyser
    today: date
    synonyms: Synonyms = field(default_factory=lambda: Synonyms({}))
    fields: Tree = field(default_factory=Tree)
    industries: Tree = field(default_factory=Tree)
    rarity: Rarity = field(default_factory=BackgroundRarity)
    bilingual: bool = False
    floors: Floors = field(default_factory=Floors)
