"""`matchmaker evaluate`: the quality of the running configuration as a number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from matchmaker.cli.printing import json_option, print_json, print_table
from matchmaker.cli.running import configured
from matchmaker.domain.errors import ConfigurationError
from matchmaker.domain.levels import Level

_FIGURES = ("ndcg@10", "map", "recall@100", "queries", "seconds")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--levels", is_flag=True, help="Measure levels and probabilities of the pairs.")
@json_option
def evaluate(folder: Path, levels: bool, as_json: bool) -> None:
    """Measure ranking on FOLDER, which holds judged queries in the BEIR layout.

    It is done on the search backend that is set, in an index of its own. The folder holds
    corpus.jsonl, queries.jsonl and qrels/test.tsv with grades 0 to 3. Needs no portal.
    """
    try:
        figures = _levels(folder) if levels else _ranking(folder)
    except (FileNotFoundError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{folder} is no folder of judged queries: {error}") from None
    if as_json:
        print_json(figures)
    elif levels:
        _print_levels(figures)
    else:
        _print_ranking(figures)


def _ranking(folder: Path) -> dict[str, Any]:
    settings = configured()
    from matchmaker.bootstrap import Container
    from search_index.evaluation import evaluate as measure

    container = Container(settings, owns_index=False)
    figures = measure(folder, container.analyser, container.embedder, opened=container.trial_index)
    return {**figures, "backend": "elasticsearch" if settings.search_url else "embedded"}


def _levels(folder: Path) -> dict[str, Any]:
    settings = configured()
    from matchmaker.domain.calendar import today
    from matchmaker.matching.evaluation import measure_levels
    from matchmaker.services.matchers import matcher_for
    from matchmaker.services.taxonomies import Taxonomies
    from search_index.analysis import Analyser
    from search_index.embedders import embedder_named
    from search_index.evaluation import read_folder

    taxonomies = Taxonomies()
    analyser = Analyser(taxonomies.domain_words)
    matcher = matcher_for(taxonomies, analyser, embedder_named(settings.embedder), today())
    return measure_levels(read_folder(folder), matcher)


def _print_ranking(figures: Mapping[str, Any]) -> None:
    rows = [("all", *(figures[name] for name in _FIGURES))]
    rows += [(part, *(held[name] for name in _FIGURES)) for part, held in figures["parts"].items()]
    print_table(("ranking", *_FIGURES), rows)


def _print_levels(figures: Mapping[str, Any]) -> None:
    click.echo(
        f"{figures['pairs']} pairs in {figures['seconds']} s: 1/(1+MAE) {figures['score']}, "
        f"always weak {figures['always_weak']}\n"
    )
    counted = zip(Level, figures["confusion"], strict=True)
    print_table(("judged", *Level), [(level, *counts) for level, counts in counted])
    click.echo(f"\nFair or better, calibration error {figures['calibration_error']}:")
    print_table(
        ("predicted", "mean", "pairs", "came true", "95 %"),
        [_bin_in_words(held) for held in figures["reliability"]],
    )


def _bin_in_words(held: Mapping[str, Any]) -> tuple[object, ...]:
    low, high = held["interval"]
    bounds = f"{held['low']:.1f}-{held['high']:.1f}"
    return bounds, held["predicted"], held["total"], held["share"], f"{low}-{high}"
