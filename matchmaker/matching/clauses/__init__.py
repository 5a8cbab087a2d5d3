"""Checkable requirements of a demand, figures of an offer, and whether the one meets the other.

- ``model``: what a clause is, and what may come of it.
"""
