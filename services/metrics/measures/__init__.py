"""Writes `docs/measures.md`: every number that the product reports, from the classes that compute it.

`python -m services.metrics.measures` writes, `--check` compares.
"""
