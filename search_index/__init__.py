"""Text in, ranked candidates out: a search index that knows nothing of the portal.

The way through the package:

- ``documents``: what goes in (``Document``), what is asked (``Query``), what comes back
  (``Result``);
- ``analysis``: Chinese and English tokens, the same for every backend;
- ``embedders``: texts to unit vectors, chosen by name with ``embedder_named``;
- ``fusion``: how the lexical and the vector ranking become one;
- ``backends``: the ``SearchIndex`` protocol and its implementations;
- ``lifecycle``: named generations, rebuild while serving, swap and roll back;
- ``evaluation``: quality as a number, on a folder of judged queries.
"""
