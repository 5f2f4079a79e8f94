"""Who was first: what an index let not in, or a rule does not allow any more, may have been taken before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from services.intake import domain
from services.intake.domain.receiving import Receipt
from shared.decision import Refusal
from shared.events.vocabulary import Via
from shared.mongo import Document
from shared.runtime.commands import Answer, Command, IdempotencyKeyReused

SEEN: Final = dict.fromkeys(
    ("key", "fingerprint", "state.received.number", "state.received.received_at",
     "state.received.external_reference", "state.received.source_system"), 1,
)  # fmt: skip
"""What of a stored complaint says whether it is the one."""


class ExternalReferenceTaken(Refusal):
    """The source has handed in a complaint under this reference before."""

    code = "external_reference_taken"
    status = 409
    title = "External reference taken"


@dataclass(frozen=True, slots=True)
class Handed:
    """One complaint as handed in. `keyed`: the command is named by an Idempotency-Key of its owner."""

    told: domain.Told
    command: Command
    owner: str
    keyed: bool = False
    via: Via = "http"
    import_format: str | None = None
    may_write_history: bool = False

    @property
    def key(self) -> str | None:
        """What the unique index on keys holds, if there is anything to hold."""
        return self.command.id if self.keyed else None


Outcome: TypeAlias = Answer | Refusal
"""`Answer.body` is a receipt. `replayed`: it was taken before, by the same key."""

Asked: TypeAlias = tuple[Handed, str]
"""A complaint as handed in, and the id that it was to have."""


def any_of(taken: Iterable[Asked]) -> Document:
    """Where the winners are, each branch by an index of its own (partial ones, so the type is part of the question)."""
    taken = list(taken)
    by_owner: dict[str, list[str]] = {}
    for handed, _ in taken:
        if handed.told.external_reference is not None:
            by_owner.setdefault(handed.owner, []).append(handed.told.external_reference)
    branches: list[Document] = [
        {"_id": {"$in": [complaint_id for _, complaint_id in taken]}},
        {"key": {"$in": [handed.key for handed, _ in taken if handed.key is not None], "$type": "string"}},
    ]
    for owner, references in by_owner.items():
        reference = {"$in": references, "$type": "string"}
        branches.append({"state.received.external_reference": reference, "state.received.source_system": owner})
    return {"$or": branches}


def outcome_of(asked: Asked, found: Sequence[Document]) -> Outcome | None:
    """The answer to one that was not first: by our own id, by its key, then by its reference."""
    handed, complaint_id = asked
    for winner in found:
        if winner["_id"] == complaint_id:
            return Answer(_receipt(winner), 1)
        if handed.key is not None and winner.get("key") == handed.key:
            return repeat_of(handed, winner)
    for winner in found:
        received = winner["state"]["received"]
        if (received.get("external_reference"), received["source_system"]) == (
            handed.told.external_reference,
            handed.owner,
        ):
            return ExternalReferenceTaken(
                "A complaint of this external_reference was taken before.",
                complaint_id=winner["_id"],
                number=received["number"],
            )
    return None


def repeat_of(handed: Handed, winner: Document) -> Answer | Refusal:
    """The first answer again, to the same key; another complaint under it is refused."""
    if winner["fingerprint"] != handed.command.fingerprint:
        return IdempotencyKeyReused("This Idempotency-Key came with another complaint before; use a new one.")
    return Answer(_receipt(winner), 1, replayed=True)


def _receipt(winner: Document) -> dict[str, Any]:
    received = winner["state"]["received"]
    receipt = Receipt(
        id=winner["_id"],
        number=received["number"],
        received_at=received["received_at"],
        status_url=f"/v1/complaints/{winner['_id']}",
    )
    return receipt.model_dump(mode="json")
