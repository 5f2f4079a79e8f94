"""Promises found in words: what a message to a customer promises, and by when. Nothing here records anything.

Outside `domain`, because dateparser reads its own tables of languages; pure all the same: the message, its instant and
its zone go in, promises come out.
"""

from services.followup.words.finding import find
from services.followup.words.found import Found, Language

__all__ = ["Found", "Language", "find"]
