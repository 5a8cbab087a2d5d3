"""Seeing inside: log lines, measures and traces; none of them carries personal data.

What is written never depends on what people typed: routes are patterns, statements come without
their parameters, people are keyed pseudonyms, and exceptions are told by type, place and code.
Each of the three is a small port with an implementation that does nothing, chosen in `bootstrap`.
"""
