"""The clinic: what a demand or an achievement says while it is typed, and what it lacks.

- ``model``: what is typed, what is found in it, and the advice that follows;
- ``vocabulary``: the words by which each element is recognised, in Chinese and English;
- ``elements``: which elements a text holds, each with its quotation;
- ``clarity``: clear, fuzzy or concept, with the reason;
- ``examining``: the advice as a whole: questions by importance and a readiness score.
"""
