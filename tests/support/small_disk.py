"""A small disk that can be filled, for a server's data. Mounting one needs to be allowed to."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A filesystem in memory, at `path`."""

    path: Path

    @property
    def _filler(self) -> Path:
        return self.path / "filler"

    def fill(self) -> None:
        """Nothing more can be written."""
        with self._filler.open("ab", buffering=0) as out, suppress(OSError):
            while out.write(b"x" * _PIECE):
                pass

    def free(self) -> None:
        """There is room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """It is mounted inside the block. Where mounting is not allowed (we are not root), the test is skipped."""
    path.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "palabra-test", str(path)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=False)  # noqa: S603, S607 - our own words
