"""Guessing keys is limited: an address that keeps sending wrong ones is not listened to for a while.

An IPv6 address counts as its /64, which is what one customer of a network has at the least. What was good from the same
address before still passes. In real time, in this process only, and bounded in memory.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
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
        address = _whence(address)
        since, count = self._wrong.get(address, (0.0, 0))
        left = since + _WINDOW_SECONDS - self.seconds()
        if count >= _WRONG_ALLOWED and left > 0 and (address, hashed) not in self._good:
            seconds = int(left) + 1
            raise RateLimited(f"too many wrong keys; ask again in {seconds} seconds", retry_after_seconds=seconds)

    def wrong(self, address: str) -> None:
        """A wrong key came from there."""
        address = _whence(address)
        since, count = self._wrong.pop(address, (self.seconds(), 0))
        if self.seconds() - since > _WINDOW_SECONDS:
            since, count = self.seconds(), 0
        self._wrong[address] = (since, count + 1)
        while len(self._wrong) > _ADDRESSES_KNOWN:
            self._wrong.popitem(last=False)

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
