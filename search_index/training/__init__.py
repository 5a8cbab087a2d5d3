"""Scripts that recompute the bundled data files; nothing here is needed to run an index."""
