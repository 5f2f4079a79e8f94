"""The load's own journal: what was written down is what is read."""

from pathlib import Path

from tests.chaos.journal import Answer, Asking, Journal, read


def test_the_journal_tells_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    asking = Asking("k-1", "message", "intake", "/v1/complaints/c1/messages", {"text": "x <k-1>"}, "c1")
    journal.note("kill_service intake-0")
    journal.ask(asking)
    journal.silence("k-1", "ReadTimeout", 0)
    journal.answer("k-1", Answer(201, {"id": "m1"}), 1)
    journal.answer("k-1", Answer(201, {"id": "m1"}, replayed=True), 0)
    journal.close()
    known = read(path)["k-1"]
    assert (known.asking, known.silences, journal.accepted) == (asking, 1, 1)
    assert [answer.replayed for answer in known.answers] == [False, True]
