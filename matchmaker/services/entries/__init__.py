"""Posting and keeping entries: values, codes, edits, steps of the lifecycle, reading."""
