"""Writes what strangers read from the event classes: JSON Schemas, examples, the AsyncAPI document, `docs/events.md`.

`python -m shared.events.generate` writes, `--check` compares.
"""

from shared.events.generate.compatible import incompatibilities
from shared.events.generate.papers import Paper, frozen_breaks, leftovers, papers, stale

__all__ = ["Paper", "frozen_breaks", "incompatibilities", "leftovers", "papers", "stale"]
