"""`matchmaker evaluate`: the quality of the running configuration as a number."""

from __future__ import annotations

from pathlib import Path

import click

from matchmaker.cli.printing import json_option, print_json, print_table
from matchmaker.cli.running import configured
from matchmaker.domain.errors import ConfigurationError

_FIGURES = ("ndcg@10", "map", "recall@100", "queries", "seconds")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def evaluate(folder: Path, as_json: bool) -> None:
    """Measure ranking on FOLDER, which holds judged queries in the BEIR layout.

    That is corpus.jsonl, queries.jsonl and qrels/test.tsv with grades 0 to 3. Needs no portal.
    """
    settings = configured()
    from matchmaker.services.taxonomies import Taxonomies
    from search_index.analysis import Analyser
    from search_index.embedders import embedder_named
    from search_index.evaluation import evaluate as measure

    analyser = Analyser(Taxonomies().domain_words)
    try:
        figures = measure(folder, analyser, embedder_named(settings.embedder))
    except (FileNotFoundError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{folder} is no folder of judged queries: {error}") from None
    if as_json:
        print_json(figures)
        return
    rows = [("all", *(figures[name] for name in _FIGURES))]
    rows += [(part, *(held[name] for name in _FIGURES)) for part, held in figures["parts"].items()]
    print_table(("ranking", *_FIGURES), rows)
