"""Writes docs/quality.md from measured figures: one part a section, words around tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.report import ROOT, table

PAGE = ROOT / "docs" / "quality.md"

Figures = Mapping[str, Any]

_MEASURES = ("ndcg@10", "map", "recall@100")
_LEVELS = ("strong", "fair", "weak", "none")
_EXPLAINED = (
    "matches",
    "number",
    "comprehensive",
    "95 %",
    "quoted, mean",
    "quoted, median",
    "sufficient",
    "kept",
    "kept, random",
    "fall, quoted",
    "fall, random",
)
_HEAD = """# Quality

How good the matching is, as numbers. `make quality FOLDER=…` measures every section anew and
writes this page and `matchmaker/services/quality/measured.json`, which ships with the portal;
nothing here is typed by hand. `make quality FOLDER=… SECTIONS="levels explanations"` measures
only those and keeps the rest. FOLDER holds judged queries in the BEIR layout, with grades 0
(none) to 3 (strong). The page `/quality` of a running portal shows the same beside what its own
brokers decided.
"""
_RANKING = """
All documents are ranked for each query. nDCG@10 is over the judged documents of a query (gain
2^grade − 1), MAP over them at grade 2 or better, recall@100 over the whole collection; queries
without a grade of 2 are left out of the last two. For a query whose documents all have grade 0
nDCG is undefined, and it is left out: counting it as 0 would lower every ranker in proportion.
*Random order* is the mean of 100 seeded shuffles. BM25 has k1 = 1.5 and b = 0.75 and counts the
words of a query as often as they stand there; jieba cuts for search. Of the variants tried (k1 of
1.2, query words counted once, jieba without the words inside long ones) these are the strongest
on this folder, so the controls are not held down. Weights may have been chosen on the same data:
figures on other data can be lower.
"""
_ABLATION = """
Words, grams (characters and pairs of them) and vectors: each by itself, and all but it, with the
same measures as above. What *all* loses without a part is what that part is worth beside the rest.
"""
_LEVELS_NOTE = """
Every judged pair is given a level and a probability of being fair or better. The score is 1 / (1
+ mean absolute error) in grades, and *always weak* is what it is for whoever calls every pair
weak. Judged documents have a title and a body alone, so signals on price, maturity or region are
unknown here. Rows below are what people said, columns what the portal says.
"""
_RELIABILITY_NOTE = """
Of the pairs that were given about the same probability, so many were fair or better (95 %
intervals by Wilson). The *calibration error* is the mean distance of the two, weighted by pairs.
"""
_EXPLANATIONS = """
Checks after ERASER (DeYoung et al. 2020). *Comprehensive* is the share of matches whose score
falls further when the quoted spans are cut out of both texts than when as many random stretches
of about the same lengths are (mean of three seeded draws, from word to word); target ≥ 90 %.
*Quoted* is the share of both texts that is marked; target ≤ 30 %. *Sufficient* is the share of
matches whose quoted spans alone reach 60 % of the score. *Kept* is that part of the score in the
median, and *kept, random* the same for the random stretches. It passes 100 % because the score
measures how alike two texts are: with everything else gone nothing is left that differs. Read it
only against the random stretches, not as a quality of its own.

Spans are quoted because their words agree, so cutting them is bound to lower a score that counts
agreeing words: the check shows that the quotes are what the score rests on, not that a reader
would find them convincing. Only texts are cut; columns such as field or price stay. Matches are
all pairs of sample entries at weak or better, and a seeded sample of judged pairs where those are
fewer than 500. A language pair with few matches says little, and one that is missing was not
there to be measured.
"""
_CLAUSES = (
    "sentences",
    "number",
    "clauses",
    "precision",
    "recall",
    "F1",
    "subject",
    "pairs",
    "verdicts",
)
_CLAUSES_NOTE = """
Labelled sentences in the style of postings, a third of them without a requirement, and pairs of a
requirement with an offer. A clause is right when comparator, bounds and unit are. Sentences and
rules come from the same hand, a third of the sentences kept out of sight of the rules while these
were built: on postings by others the figures will be lower ([clauses.md](clauses.md)).
"""
_CLINIC = ("texts", "kind_accuracy", "element_precision", "element_recall")
_CLINIC_NOTE = """
Labelled demands held out while the rules were built, by the same hand as the rules.
"""
_LEARNING = ("start", "nDCG@10 before", "after", "gain", "gain, worst draw", "deepest fall")
_LEARNING_NOTE = """
Verdicts by the labels of half of the demands, in batches; after each the nightly fit runs, and the
ranking of the other half by the score is measured. The bundled weights were fitted on this folder
themselves, so little is left for them to gain here; equal weights have seen nothing.
"""
_EMBEDDER_NOTE = """
In a process of its own, in processor time of one core; other work on the machine makes it slower.
"""


def write(sections: Mapping[str, Figures]) -> None:
    """Write the page from the figures of the sections that were measured."""
    parts = [
        f"## {title}\n{_origin(sections[name])}{render(sections[name])}"
        for name, (title, render) in PARTS.items()
        if name in sections
    ]
    PAGE.write_text("\n".join([_HEAD, *parts]), encoding="utf-8")


def _origin(figures: Figures) -> str:
    return (
        f"\nMeasured on {figures['date']} in {figures['measured_in_seconds']} s with model "
        f"`{figures['model']}`: `{figures['command']}`.\n"
    )


def ranking(figures: Figures) -> str:
    """The running configuration, its parts and the controls."""
    rows = [("**this portal**", *_three(figures))]
    rows += [(f"its {name} part", *_three(held)) for name, held in figures["parts"].items()]
    rows += [(name, *_three(held)) for name, held in figures["controls"].items()]
    grades = ", ".join(f"{count:,} of grade {grade}" for grade, count in figures["grades"].items())
    return (
        f"{_RANKING}\n{figures['queries']} queries, {figures['documents']:,} documents, "
        f"{figures['pairs']:,} judged pairs ({grades}), {figures['queries_without_gain']} queries "
        f"with grade 0 alone; {figures['seconds']} s for indexing and "
        f"ranking.\n\n{table(('ranker', *_MEASURES), rows)}"
    )


def ablation(figures: Figures) -> str:
    """One row a part."""
    rows = [(row["part"], *_three(row)) for row in figures["rows"]]
    return f"{_ABLATION}\n{table(('parts', *_MEASURES), rows)}"


def levels(figures: Figures) -> str:
    """Score, confusion and reliability."""
    confusion = zip(_LEVELS, figures["confusion"], strict=True)
    rows = [(name, *counts) for name, counts in confusion]
    return (
        f"{_LEVELS_NOTE}\n**1/(1+MAE) {figures['score']}**, always weak {figures['always_weak']}; "
        f"{figures['pairs']:,} pairs in {figures['seconds']} s.\n\n"
        f"{table(('judged', *_LEVELS), rows)}{_RELIABILITY_NOTE}\n"
        f"Calibration error {figures['calibration_error']}.\n\n"
        f"{table(('predicted', 'mean', 'pairs', 'came true', '95 %'), _bins(figures))}"
    )


def explanations(figures: Figures) -> str:
    """All matches, then by source and by languages."""
    groups = {"**all**": figures, **figures["sources"], **figures["languages"]}
    rows = [_explained(name, held) for name, held in groups.items()]
    return f"{_EXPLANATIONS}\n{table(_EXPLAINED, rows)}"


def clauses(figures: Figures) -> str:
    """All sentences, then those held out."""
    rows = [
        (
            name,
            held["sentences"],
            held["clauses"],
            *(f"{held[key]:.3f}" for key in ("precision", "recall", "f1", "subject_accuracy")),
            held["pairs"],
            f"{held['verdict_accuracy']:.3f}",
        )
        for name, held in (("whole", figures["whole"]), ("held out", figures["held_out"]))
    ]
    return f"{_CLAUSES_NOTE}\n{table(_CLAUSES, rows)}"


def clinic(figures: Figures) -> str:
    """One row: the texts held out."""
    rows = [tuple(figures[key] for key in _CLINIC)]
    return f"{_CLINIC_NOTE}\n{table(tuple(name.replace('_', ' ') for name in _CLINIC), rows)}"


def learning(figures: Figures) -> str:
    """Start, end and the deepest fall from both starts."""
    rows = [
        (
            name,
            f"{held['mean'][0]:.3f}",
            f"{held['mean'][-1]:.3f}",
            f"{held['gain']:+.4f}",
            f"{held['worst'][-1] - held['worst'][0]:+.4f}",
            f"{held['fall']:.4f}",
        )
        for name, held in (("bundled weights", figures["bundled"]), ("equal", figures["equal"]))
    ]
    return (
        f"{_LEARNING_NOTE}\n{figures['seeds']} draws of half of {figures['demands']} demands.\n\n"
        f"{table(_LEARNING, rows)}\n![nDCG@10 on unseen demands by verdicts given]"
        "(images/learning-curve.svg)\n"
    )


def embedder(figures: Figures) -> str:
    """Speed and memory."""
    names = ("ready_s", "texts_per_second", "resident_mb", "after_all_mb")
    rows = [tuple(figures[name] for name in names)]
    heads = ("ready, s", "texts of 200 characters a second", "MB when ready", "MB after all")
    return f"{_EMBEDDER_NOTE}\n{table(heads, rows)}"


#: Section → its heading and who writes it, in the order of the page.
PARTS: Mapping[str, tuple[str, Callable[[Figures], str]]] = {
    "ranking": ("Ranking", ranking),
    "ablation": ("Parts of the ranking", ablation),
    "levels": ("Levels and probabilities", levels),
    "explanations": ("Explanations", explanations),
    "clauses": ("Requirements read and judged", clauses),
    "clinic": ("The clinic", clinic),
    "learning": ("Learning from verdicts", learning),
    "embedder": ("The bundled embedder", embedder),
}


def _three(figures: Figures) -> Sequence[str]:
    return [f"{figures[name]:.3f}" for name in _MEASURES]


def _bins(figures: Figures) -> Iterable[Sequence[Any]]:
    for held in figures["reliability"]:
        low, high = held["interval"]
        bounds = f"{held['low']:.1f} – {held['high']:.1f}"
        yield (
            bounds,
            f"{held['predicted']:.3f}",
            held["total"],
            f"{held['share']:.3f}",
            f"{low:.3f} – {high:.3f}",
        )


def _explained(name: str, held: Figures) -> Sequence[str]:
    shares = ("quoted_mean", "quoted_median", "sufficient", "sufficiency_median")
    return (
        name,
        str(held["matches"]),
        _percent(held["comprehensive"]),
        " – ".join(map(_percent, held["interval"])),
        *(_percent(held[key]) for key in shares),
        _percent(held["random_kept_median"]),
        _percent(held["drop_quoted"]),
        _percent(held["drop_random"]),
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
