"""What follow-up says about promises: each carries the promise as it stands then."""

from typing import ClassVar, Literal

from shared.events.followup import FollowupPayload
from shared.events.values import AgentId, Evidence, Instant, LongText, Promise
from shared.events.vocabulary import PromiseStatus


class PromisePayload(FollowupPayload):
    """About one promise; `promise` is the whole of it as it is from now on."""

    promise: Promise


class PromiseMade(PromisePayload):
    """We gave the customer our word. `overridden`: against the rules of feasibility, with a reason."""

    type: ClassVar[str] = "promise.made"

    overridden: bool = False


class PromiseChecked(PromisePayload):
    """Whoever must keep it was asked before it fell due."""

    type: ClassVar[str] = "promise.checked"

    by: AgentId | None = None
    on_track: bool
    note: LongText | None = None


class PromiseKept(PromisePayload):
    """Kept: there is evidence inside its window."""

    type: ClassVar[str] = "promise.kept"

    evidence: Evidence


class PromiseAttempted(PromisePayload):
    """At due: an attempt by the promised channel inside the window, and the customer could not be reached."""

    type: ClassVar[str] = "promise.attempted"

    evidence: Evidence


class PromiseBroken(PromisePayload):
    """At due: nothing shows that it was kept. `promise.broken_at` is the due instant and is never cleared."""

    type: ClassVar[str] = "promise.broken"


class PromiseFulfilledLate(PromisePayload):
    """Broken, and fulfilled afterwards: it stays broken, and is late."""

    type: ClassVar[str] = "promise.fulfilled_late"

    evidence: Evidence


class PromiseRenegotiated(PromisePayload):
    """A new time was asked for. Agreed before due: it ends and `replaced_by` takes its place.

    Agreed after due: it stays broken and `replaced_by` is a new promise. Not agreed: recorded, the old due stands.
    """

    type: ClassVar[str] = "promise.renegotiated"

    by: AgentId
    agreed_by_customer: bool
    proposed_due: Instant
    words: LongText
    evidence: Evidence | None = None
    after_due: bool = False


class PromiseWithdrawn(PromisePayload):
    """The customer does not want it any more. Nobody else can withdraw a promise."""

    type: ClassVar[str] = "promise.withdrawn"

    by: AgentId | None = None
    words: LongText | None = None


class PromiseReminded(PromisePayload):
    """Its owner, or the fallback, was reminded before it fell due: nobody has said that it is on track.

    `inner_late`: a promise that this one depends on was broken, so this one is at risk.
    """

    type: ClassVar[str] = "promise.reminded"

    to: AgentId
    fallback: bool = False
    why: Literal["unchecked", "inner_late"] = "unchecked"


class PromiseHandedOver(PromisePayload):
    """Somebody else must keep it from now on; what was promised stays as it was.

    `case`: with the complaint, or from somebody whom it is about; `absence`: its owner is away when it falls due, or
    does not work here any more.
    """

    type: ClassVar[str] = "promise.handed_over"

    from_owner: AgentId | None = None
    to_owner: AgentId | None = None
    why: Literal["case", "absence"]


class PromiseCorrected(PromisePayload):
    """What was counted was not so: evidence that was in time came late, or evidence failed."""

    type: ClassVar[str] = "promise.corrected"

    from_status: PromiseStatus
    to_status: PromiseStatus
    why: LongText
