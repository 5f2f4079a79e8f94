"""Many complaints in one request, a line each, answered line by line while they come in; never all or nothing."""

import hashlib
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field, StringConstraints

from services.intake import domain
from services.intake.accept import Acceptor
from services.intake.api.access import IntakeDesk
from services.intake.api.exchange import Exchange
from services.intake.api.lines import Line, TooLong, lines
from services.intake.api.reading import read
from services.intake.api.schema import json_body
from services.intake.repeats import ExternalReferenceTaken, Handed, Outcome
from shared.decision import Refusal, ScopeMissing
from shared.http import Caller, CallerOf, Problem, View
from shared.http.parts import command_id
from shared.http.problems import refusal_body
from shared.ids import uuid7
from shared.mongo import StoreError
from shared.runtime.commands import Answer, Command, TooLarge, Unavailable

router = APIRouter(tags=["complaints"])
ImportFormat: TypeAlias = Literal["cfpb", "csv", "ndjson"]

GROUP: Final = 200
"""Lines that are stored by one call."""

AWAY_SECONDS: Final = 5.0
"""How long, in real time, lines are rejected at once after the store did not answer."""

_WORLD: Final = (StoreError, TimeoutError, OSError)
_AWAY: Final = Unavailable("The store does not answer; send this line again.")


class BatchLine(domain.Told):
    """A complaint in a batch. `idempotency_key`: as the header, for this line alone."""

    idempotency_key: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = Field(default=None)


class LineAnswer(View):
    """What became of one line. `line` counts from 1, blank ones too, which get no answer.

    `repeated`: it was taken before, by the same key or, in an import, under the same external_reference.
    """

    line: int
    result: Literal["taken", "repeated", "rejected"]
    http_status: int
    id: str | None = None
    number: str | None = None
    problem: Problem | None = None


class _Lines(JSONResponse):
    """What the document says an answer is: JSON, a line each."""

    media_type = "application/x-ndjson"


@router.post(
    "/v1/complaints/batch",
    response_model=LineAnswer,
    response_class=_Lines,
    openapi_extra=json_body(BatchLine, "application/x-ndjson"),
)
async def take_batch(
    request: Request,
    desk: IntakeDesk,
    caller: Annotated[Caller, CallerOf("complaints:write")],
    import_format: Annotated[ImportFormat | None, Query()] = None,
) -> Response:
    """Hand in many complaints as NDJSON; each line is answered by itself, in order, as NDJSON.

    A line of more than 1 MB is rejected, and the rest goes on. When the store does not answer, the lines under way are
    rejected with 503 and can be sent again: with an idempotency_key or an external_reference nothing is taken twice.
    `import_format` marks the complaints as imported; it needs the scope history:write.
    """
    if import_format is not None and not caller.has("history:write"):
        raise ScopeMissing("import_format needs the scope history:write", scope="history:write")
    most = request.app.state.runtime.settings.max_body_bytes
    batch = _Batch(desk, caller, import_format)
    return Exchange(batch.answers(lines(request.stream(), most)), media_type=_Lines.media_type)


class _Batch:
    """One batch under way."""

    def __init__(self, desk: Any, caller: Caller, import_format: ImportFormat | None) -> None:
        self._desk = desk
        self._caller = caller
        self._format = import_format
        self._acceptor = Acceptor(desk)
        self._away_until = 0.0

    async def answers(self, groups: AsyncIterator[Sequence[Line]]) -> AsyncIterator[bytes]:
        """The answers to each group of lines that came together, stored in groups of at most `GROUP`."""
        async for group in groups:
            for start in range(0, len(group), GROUP):
                answers = await self._take(group[start : start + GROUP])
                yield b"".join(json.dumps(answer).encode() + b"\n" for answer in answers)

    async def _take(self, group: Sequence[Line]) -> list[dict[str, Any]]:
        read_ = {line.number: self._read(line) for line in group}
        ready = {number: each for number, each in read_.items() if isinstance(each, Handed)}
        outcomes: dict[int, Outcome] = {number: each for number, each in read_.items() if isinstance(each, Refusal)}
        outcomes |= await self._accept(ready)
        return [self._answer(line.number, outcomes[line.number]) for line in group]

    async def _accept(self, ready: Mapping[int, Handed]) -> dict[int, Outcome]:
        if not ready:
            return {}
        if time.monotonic() < self._away_until:
            return dict.fromkeys(ready, _AWAY)
        try:
            accepted: Sequence[Outcome] = await self._acceptor.accept(list(ready.values()))
        except _WORLD:
            accepted = [_AWAY] * len(ready)
        if all(isinstance(outcome, Unavailable) for outcome in accepted):
            self._away_until = time.monotonic() + AWAY_SECONDS
        return dict(zip(ready, accepted, strict=True))

    def _read(self, line: Line) -> Handed | Refusal:
        if isinstance(line.content, TooLong):
            return TooLarge(f"A line has at most {line.content.most} bytes.", errors=[("body", "is too long")])
        try:
            told = read(BatchLine, line.content)
        except Refusal as refusal:
            return refusal
        key = told.idempotency_key
        fingerprint = hashlib.sha256(b"POST /v1/complaints\n" + line.content.strip()).hexdigest()
        name = uuid7(self._desk.clock.now()) if key is None else command_id(self._caller, key)
        return Handed(
            told=told,
            command=Command(name, fingerprint),
            owner=self._caller.owner,
            keyed=key is not None,
            via="http" if self._format is None else "import",
            import_format=self._format,
            may_write_history=self._caller.has("history:write"),
        )

    def _answer(self, number: int, outcome: Outcome) -> dict[str, Any]:
        if isinstance(outcome, Answer):
            body = outcome.body or {}
            result = "repeated" if outcome.replayed else "taken"
            return _answer(number, result, 201, body["id"], body["number"])
        if isinstance(outcome, ExternalReferenceTaken) and self._format is not None:
            return _answer(number, "repeated", 200, outcome.facts["complaint_id"], outcome.facts["number"])
        return _answer(number, "rejected", outcome.status, problem=refusal_body(outcome))


def _answer(
    line: int, result: str, http_status: int, id_: str | None = None, number: str | None = None, problem: Any = None
) -> dict[str, Any]:
    return {
        "line": line, "result": result, "http_status": http_status, "id": id_, "number": number, "problem": problem
    }  # fmt: skip
