"""The Elasticsearch backend: one index a generation, an alias over the one that serves."""

from search_index.backends.elasticsearch.generations import AliasedGenerations
from search_index.backends.elasticsearch.index import ElasticsearchIndex
from search_index.backends.elasticsearch.mapping import Layout
from search_index.backends.elasticsearch.node import Node

__all__ = ["AliasedGenerations", "ElasticsearchIndex", "Layout", "Node"]
