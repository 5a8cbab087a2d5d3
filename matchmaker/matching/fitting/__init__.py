"""From labelled pairs to new weights, and from two sets of weights to which is better.

The way through the package:

- ``labelled``: a pair with what the signals read and the grade that a person gave it;
- ``table``: many of them as arrays, and their scores with derivatives;
- ``ordinal``: proportional-odds regression, shrunk towards the weights in force;
- ``levels``: thresholds of the levels and the curve of probability, for given scores;
- ``choosing``: ``fit``, all of it together, with the strength of shrinking found by validation;
- ``comparing``: ``compare``, old and new on pairs that neither was fitted on.

scipy is loaded by the functions that optimise and not before: scoring must start fast.
"""

from matchmaker.matching.fitting.choosing import fit
from matchmaker.matching.fitting.comparing import Comparison, Figure, compare
from matchmaker.matching.fitting.labelled import Labelled

__all__ = ["Comparison", "Figure", "Labelled", "compare", "fit"]
