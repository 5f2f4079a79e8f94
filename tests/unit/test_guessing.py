"""Guessing keys is limited, and nobody else is locked out by it."""

import pytest

from shared.http.guessing import Guard, RateLimited


class Seconds:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def guessed(guard: Guard, times: int, address: str = "10.0.0.1") -> None:
    for n in range(times):
        guard.check(address, f"wrong{n}")
        guard.wrong(address)


def test_after_twenty_wrong_keys_an_address_waits_and_is_told_how_long(seconds: Seconds) -> None:
    guard = Guard(seconds)
    guessed(guard, 20)
    seconds.at += 20
    with pytest.raises(RateLimited) as refused:
        guard.check("10.0.0.1", "one more")
    assert refused.value.facts["retry_after_seconds"] == 41
    seconds.at += 41
    guard.check("10.0.0.1", "one more")


def test_wrong_keys_long_apart_are_no_guessing(seconds: Seconds) -> None:
    guard = Guard(seconds)
    for _ in range(50):
        guessed(guard, 1)
        seconds.at += 4


def test_a_key_that_was_good_there_before_still_passes(seconds: Seconds) -> None:
    guard = Guard(seconds)
    guard.good("10.0.0.1", "right")
    guessed(guard, 20)
    guard.check("10.0.0.1", "right")
    guard.check("10.0.0.2", "somebody else")


def test_an_ipv6_network_of_64_bits_is_one_address(seconds: Seconds) -> None:
    guard = Guard(seconds)
    for n in range(20):
        guessed(guard, 1, f"2001:db8:0:7::{n:x}")
    with pytest.raises(RateLimited):
        guard.check("2001:db8:0:7:ffff::1", "one more")
    guard.check("2001:db8:0:8::1", "the neighbour's")
    guard.good("2001:db8:0:7::1", "right")
    guard.check("2001:db8:0:7::2", "right")


def test_an_ipv4_address_is_the_same_however_it_is_written(seconds: Seconds) -> None:
    guard = Guard(seconds)
    guessed(guard, 20, "::ffff:10.0.0.1")
    with pytest.raises(RateLimited):
        guard.check("10.0.0.1", "one more")
    guard.check("::ffff:10.0.0.2", "somebody else")


def test_who_has_many_networks_is_limited_too_and_nobody_who_was_let_in_before(seconds: Seconds) -> None:
    guard = Guard(seconds)
    guard.good("10.0.0.1", "right")
    for n in range(1000):
        guessed(guard, 1, f"2001:db8:7:{n:x}::1")
    seconds.at += 20
    with pytest.raises(RateLimited) as refused:
        guard.check("2001:db8:7:ffff::1", "one more")
    assert refused.value.facts["retry_after_seconds"] == 41
    guard.check("10.0.0.1", "right")
    seconds.at += 41
    guard.check("2001:db8:7:ffff::1", "one more")


def test_memory_is_bounded(seconds: Seconds) -> None:
    guard = Guard(seconds)
    for n in range(10_050):
        guard.wrong(f"address {n}")
        guard.good(f"address {n}", "key")
    assert len(guard._wrong) == len(guard._good) == 10_000  # noqa: SLF001 - the bound is what is asked
