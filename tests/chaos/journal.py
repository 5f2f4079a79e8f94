"""What the load asked, with which key, and what it was answered: written before it is believed, read by the checker.

A line a fact, JSON. `ask` stands before the request leaves; `answer` is what came back; `silence` is that nothing did,
or nothing that settles it (503, not here yet), so that the same was asked again with the same key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from shared.clock import real_now

Kind = Literal["complaint", "message", "withdrawal", "response", "promise", "fulfilment", "resolution", "transfer"]
"""What a command is about."""

_SENT: Final = 200
_NOT_SENT: Final = 300


@dataclass(frozen=True, slots=True)
class Asking:
    """One command. `token` stands in its words, so that its effect is known wherever it comes to light."""

    key: str
    kind: Kind
    service: str
    path: str
    body: Mapping[str, Any]
    complaint: str | None = None
    promise: str | None = None

    @property
    def token(self) -> str:
        """What nobody else says."""
        return token_of(self.key)


def token_of(key: str) -> str:
    """The word by which a command's effects are known."""
    return f"<{key}>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for good: done, or refused."""

    status: int
    body: Mapping[str, Any]
    replayed: bool = False

    @property
    def done(self) -> bool:
        """It happened."""
        return _SENT <= self.status < _NOT_SENT


@dataclass(slots=True)
class Entry:
    """All that is known of one command."""

    asking: Asking
    answers: list[Answer] = field(default_factory=list)
    silences: int = 0

    @property
    def accepted(self) -> Answer | None:
        """The first answer that said it was done."""
        return next((answer for answer in self.answers if answer.done), None)

    @property
    def refused(self) -> bool:
        """It was said that it did not happen, and nothing else was ever left open."""
        return bool(self.answers) and self.accepted is None and not self.silences

    @property
    def complaint(self) -> str | None:
        """Which complaint it is about, once that is known."""
        if self.asking.complaint is not None or self.accepted is None:
            return self.asking.complaint
        return str(self.accepted.body["id"])


Entries = Mapping[str, Entry]


class Journal:
    """Writes it down as it happens."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("a", encoding="utf-8")
        self.accepted = 0
        self.silences = 0
        self._settled: set[str] = set()

    def ask(self, asking: Asking) -> None:
        """This is about to be asked."""
        facts = {name: getattr(asking, name) for name in Asking.__slots__ if name != "key"}
        self._write("ask", asking.key, **facts | {"body": dict(asking.body)})

    def answer(self, key: str, answer: Answer, replica: int) -> None:
        """This came back."""
        told = {"status": answer.status, "replayed": answer.replayed, "replica": replica}
        self._write("answer", key, **told, body=dict(answer.body))
        if answer.done and key not in self._settled:
            self._settled.add(key)
            self.accepted += 1

    def silence(self, key: str, why: str, replica: int) -> None:
        """Nothing came back that settles it."""
        self.silences += 1
        self._write("silence", key, why=why, replica=replica)

    def note(self, what: str) -> None:
        """Something that the storm did, between the lines."""
        self._write("note", "", text=what)

    def close(self) -> None:
        """It is whole."""
        self._out.close()

    def _write(self, what: str, key: str, **facts: Any) -> None:
        line = {"what": what, "key": key, "at": real_now().isoformat(timespec="milliseconds"), **facts}
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()


def read(path: Path) -> dict[str, Entry]:
    """What was written down, by key."""
    entries: dict[str, Entry] = {}
    with path.open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            match line["what"]:
                case "ask":
                    entries[line["key"]] = Entry(Asking(**{name: line[name] for name in Asking.__slots__}))
                case "answer":
                    answer = Answer(line["status"], line["body"], line["replayed"])
                    entries[line["key"]].answers.append(answer)
                case "silence":
                    entries[line["key"]].silences += 1
    return entries
