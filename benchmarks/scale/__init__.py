"""Measures the embedded search index as entries and clients grow."""
