"""Guessing keys is limited: an address that keeps sending wrong ones is not listened to for a while.

An IPv6 address counts as its /64, which is what one customer of a network has at the least. Who has many networks is
limited by a count of all that was wrong, from anywhere. What was good from the same address before still passes. In
real time, in this process only, and bounded in memory.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from shared.decision import Refusal

_WRONG_ALLOWED: Final = 20
_WRONG_ALLOWED_IN_ALL: Final = 1000
_WINDOW_SECONDS: Final = 60.0
_ADDRESSES_KNOWN: Final = 10_000
_GOOD_KNOWN: Final = 10_000


class RateLimited(Refusal):
    """Too many wrong keys came from this address, or from all of them."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


@dataclass(slots=True)
class Guard:
    """Remembers wrong keys by address. `seconds` is a clock that never goes back."""

    seconds: Callable[[], float] = time.monotonic
    _wrong: "OrderedDict[str, tuple[float, int]]" = field(default_factory=OrderedDict)
    _good: "OrderedDict[tuple[str, str], None]" = field(default_factory=OrderedDict)
    _in_all: tuple[float, int] = (0.0, 0)

    def check(self, address: str, hashed: str) -> None:
        """The address may try.

        Raises:
            RateLimited: it, or all of them, sent too many wrong keys within a minute, and this one is not known to be
                good from there.
        """
        address = _whence(address)
        own = self._left(self._wrong.get(address, (0.0, 0)), _WRONG_ALLOWED)
        left = max(own, self._left(self._in_all, _WRONG_ALLOWED_IN_ALL))
        if left > 0 and (address, hashed) not in self._good:
            seconds = int(left) + 1
            raise RateLimited(f"too many wrong keys; ask again in {seconds} seconds", retry_after_seconds=seconds)

    def _left(self, counted: tuple[float, int], allowed: int) -> float:
        since, count = counted
        return since + _WINDOW_SECONDS - self.seconds() if count >= allowed else 0.0

    def wrong(self, address: str) -> None:
        """A wrong key came from there."""
        address = _whence(address)
        self._wrong[address] = self._one_more(self._wrong.pop(address, (0.0, 0)))
        self._in_all = self._one_more(self._in_all)
        while len(self._wrong) > _ADDRESSES_KNOWN:
            self._wrong.popitem(last=False)

    def _one_more(self, counted: tuple[float, int]) -> tuple[float, int]:
        since, count = counted
        now = self.seconds()
        return (since, count + 1) if count and now - since <= _WINDOW_SECONDS else (now, 1)

    def good(self, address: str, hashed: str) -> None:
        """A good key came from there."""
        known = _whence(address), hashed
        self._good[known] = None
        self._good.move_to_end(known)
        while len(self._good) > _GOOD_KNOWN:
            self._good.popitem(last=False)


def _whence(address: str) -> str:
    """Whom an address stands for: itself, an IPv4 address however it is written, an IPv6 network of 64 bits."""
    try:
        told = ip_address(address)
    except ValueError:
        return address
    if not isinstance(told, IPv6Address):
        return str(told)
    return str(told.ipv4_mapped or f"{told.packed[:8].hex(':', 2)}::/64")
