"""Ports: the next free one where one is taken."""

import socket
from collections.abc import Iterator

import pytest

from deploy.local import net


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something listens, on all addresses."""
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))  # noqa: S104 - as a careless neighbour would
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_on_which_something_listens_is_passed_over(taken: int) -> None:
    assert not net.is_free(taken)
    assert net.next_free(taken) > taken


def test_a_port_that_is_kept_for_another_is_passed_over() -> None:
    free = net.any_free()
    assert net.next_free(free, avoid=[free]) > free


def test_what_is_no_kafka_is_not_taken_for_one(taken: int) -> None:
    assert net.silent(net.LOOPBACK, taken) is None
    assert net.not_kafka(net.LOOPBACK, taken) is not None
    assert "no Kafka answers" in (net.not_kafka(net.LOOPBACK, net.any_free()) or "")
