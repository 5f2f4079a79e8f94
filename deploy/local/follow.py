"""The services' logs as they are written."""

import time
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from deploy.local.state import State


def follow(state: State, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each new line with its service's name; once a process of the stack has ended, its name and an empty line."""
    files = {name: state.running[name].log.open("rb") for name in names}
    rests = dict.fromkeys(names, b"")
    try:
        for file in files.values():
            file.seek(0, 2)
        while True:
            ended = [name for name in state.running if not state.alive(name)]
            heard = False
            for name, file in files.items():
                for line in _lines(file, rests, name):
                    heard = True
                    yield name, line
            if ended:
                yield ended[0], ""
                return
            if not heard:
                time.sleep(0.1)
    finally:
        for file in files.values():
            file.close()


def _lines(file: BinaryIO, rests: dict[str, bytes], name: str) -> list[str]:
    *whole, rests[name] = (rests[name] + file.read(1_000_000)).split(b"\n")
    return [line.decode(errors="replace") for line in whole if line]
