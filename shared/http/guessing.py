"""Guessing keys is limited: an address that keeps sending wrong ones is not listened to for a while.

A key that was good from the same address before still passes, so that one bad client behind a shared address does not
lock out the others. In real time, in this process only, and bounded in memory.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shared.decision import Refusal

_WRONG_ALLOWED: Final = 20
_WINDOW_SECONDS: Final = 60.0
_ADDRESSES_KNOWN: Final = 10_000
_GOOD_KNOWN: Final = 10_000


class RateLimited(Refusal):
    """Too many wrong keys came from this address."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


@dataclass(slots=True)
class Guard:
    """Remembers wrong keys by address. `seconds` is a clock that never goes back."""

    seconds: Callable[[], float] = time.monotonic
    _wrong: "OrderedDict[str, tuple[float, int]]" = field(default_factory=OrderedDict)
    _good: "OrderedDict[tuple[str, str], None]" = field(default_factory=OrderedDict)

    def check(self, address: str, hashed: str) -> None:
        """The address may try.

        Raises:
            RateLimited: it has sent too many wrong keys within a minute, and this one is not known to be good.
        """
        since, count = self._wrong.get(address, (0.0, 0))
        left = since + _WINDOW_SECONDS - self.seconds()
        if count >= _WRONG_ALLOWED and left > 0 and (address, hashed) not in self._good:
            seconds = int(left) + 1
            raise RateLimited(f"too many wrong keys; ask again in {seconds} seconds", retry_after_seconds=seconds)

    def wrong(self, address: str) -> None:
        """A wrong key came from there."""
        since, count = self._wrong.pop(address, (self.seconds(), 0))
        if self.seconds() - since > _WINDOW_SECONDS:
            since, count = self.seconds(), 0
        self._wrong[address] = (since, count + 1)
        while len(self._wrong) > _ADDRESSES_KNOWN:
            self._wrong.popitem(last=False)

    def good(self, address: str, hashed: str) -> None:
        """A good key came from there."""
        self._good[address, hashed] = None
        self._good.move_to_end((address, hashed))
        while len(self._good) > _GOOD_KNOWN:
            self._good.popitem(last=False)
