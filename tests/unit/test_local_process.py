"""Processes: found again, and no stranger is ever killed."""

import os
import signal
import sys
from pathlib import Path

from deploy.local.process import Process, birth, spawn

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def sleeper(log: Path) -> Process:
    """A process that does nothing for a minute."""
    return spawn([sys.executable, "-c", "import time; time.sleep(60)"], log=log)


def test_a_process_of_the_same_pid_that_began_at_another_time_is_left_alone(tmp_path: Path) -> None:
    ours = sleeper(tmp_path / "log")
    stranger = Process(pid=ours.pid, born="another boot/1")
    stranger.send(signal.SIGKILL)
    stranger.kill()
    assert not stranger.alive()
    assert ours.alive()
    ours.kill()
    assert not ours.alive()


def test_one_that_ends_by_itself_is_not_killed(tmp_path: Path) -> None:
    process = sleeper(tmp_path / "log")
    assert process.stop(10)
    assert process.stop(10), "stopping twice is harmless"


def test_one_that_does_not_listen_is_killed_after_the_deadline(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn([sys.executable, "-c", STUBBORN], log=log)
    while "deaf" not in log.read_text():
        assert process.alive()
    assert not process.stop(0.2)
    assert not process.alive()


def test_a_zombie_is_not_alive() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert birth(pid) is None
    os.waitpid(pid, 0)


def test_a_tied_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from deploy.local.process import spawn;"
        f"p = spawn(['sleep', '60'], log=Path({str(tmp_path / 'sleep.log')!r}), tied=True);"
        "print(p.model_dump_json(), flush=True); import os; os._exit(1)"
    )
    log = tmp_path / "log"
    parent = spawn([sys.executable, "-c", code], log=log)
    assert parent.wait(10)
    child = Process.model_validate_json(log.read_text())
    assert child.wait(10)
