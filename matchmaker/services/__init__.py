"""Use cases: each takes its collaborators in `__init__`; the only layer that commits."""
