"""What the kernel says of a process: processor time and memory. Linux's `/proc`."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """Resident memory now, in MB (10⁶ bytes)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


def servers() -> dict[str, int]:
    """The pids of MongoDB and Kafka, where they are our own children."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        if int(rest.split()[1]) == os.getpid() and name in ("mongod", "java"):
            found["mongodb" if name == "mongod" else "kafka"] = int(entry.name)
    return found


@dataclass(slots=True)
class Meter:
    """Processor time that some processes take from now on."""

    pids: dict[str, int]
    begun: dict[str, float]

    @classmethod
    def of(cls, pids: dict[str, int]) -> "Meter":
        """Starts."""
        return cls(pids, {name: cpu_seconds(pid) for name, pid in pids.items()})

    def restart(self) -> None:
        """From now on instead."""
        self.begun = {name: cpu_seconds(pid) for name, pid in self.pids.items()}

    def spent(self) -> dict[str, float]:
        """Seconds by name."""
        return {name: cpu_seconds(pid) - self.begun[name] for name, pid in self.pids.items()}
