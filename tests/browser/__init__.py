"""Journeys in a real browser, against a portal that runs as `make run` starts it."""
