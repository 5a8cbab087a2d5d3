"""Pure scoring of a demand against an achievement, expert or project: texts in, assessment out.

The way through the package:

- ``sides``: what scoring may know of an entry (``Side``), and what a signal says of a pair;
- ``prepared``: a side made ready once for many comparisons, out of ``bags`` of weighted words;
- ``synonyms``, ``rarity``, ``stock_words``, ``trees``: what is known of words and codes;
- ``context``: all of that in one value that every signal receives;
- ``signals``: one file each, listed in ``registry``; ``similarity`` holds what several share;
- ``weights`` (and ``weights.json``), ``fusion``, ``calibration``: from readings to a level;
- ``fitting``: from labelled pairs to new weights;
- ``assessment``, ``explain``, ``marking``, ``advice``: from readings to what a person reads;
- ``matcher``: the one class that others use; ``payload``: its results as JSON.

No database, no web, no clock: today's date comes in with the context.
"""
