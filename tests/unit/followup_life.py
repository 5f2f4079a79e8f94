"""A case in the hands of a test: it hears, is asked, and time passes; no server, no clock but the test's own."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple

from services.followup.domain.asking import Ask, obey
from services.followup.domain.case import Case
from services.followup.domain.fulfilment import Fulfil, fulfil
from services.followup.domain.listing import listed
from services.followup.domain.parts import LedgerEntry
from services.followup.domain.promises import MakePromise, make_promise
from services.followup.domain.reactions import REACTIONS
from services.followup.domain.responses import Respond, respond
from services.followup.domain.tick import due_at, tick
from services.followup.domain.world import World
from services.followup.texts import load_texts
from shared.calendar import AROUND_THE_CLOCK, Calendar
from shared.decision import Decision
from shared.events import Event, Payload
from shared.events.intake import ComplaintReceived
from shared.events.reference import Absence, Agent, Policy, Reference, Target, Team
from shared.events.routing import ComplaintAssigned, ComplaintTriaged, PolicyVersion
from shared.events.values import Deadlines, Evidence, Person

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday at ten in Madrid, where the office is open from nine to five."""
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)

_WEEKDAYS: Any = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar(time_zone="Europe/Madrid", weekly=dict.fromkeys(_WEEKDAYS, (("09:00", "17:00"),)))
NEVER = Calendar(time_zone="UTC")
POLICY = Policy(
    name="default",
    targets=(
        Target(clock="first_response", minutes=240),
        Target(clock="first_response", minutes=60, business=False, priority="urgent"),
        Target(clock="resolution", minutes=5 * 480),
    ),
    close_after_days=7,
)
REFERENCE = Reference(
    calendars={"office": OFFICE, "never": NEVER, "clock": AROUND_THE_CLOCK},
    teams={"care": Team(name="Care", calendar="office"), "closed": Team(name="Closed", calendar="never")},
    agents={
        "ana": Agent(name="Ana", team="care"),
        "ben": Agent(name="Ben", team="care", absences=(Absence(start=MONDAY + DAY, end=MONDAY + 2 * DAY),)),
        "nil": Agent(name="Nil", team="closed"),
    },
    policies={"default": POLICY},
    versions={("policy", "default"): 1},
)
WORLD = World(REFERENCE, timedelta(seconds=60), load_texts())
DEADLINES = Deadlines(
    acknowledge=MONDAY + HOUR,
    first_response=MONDAY + 4 * HOUR,
    resolution=MONDAY + 7 * DAY,
    legal=MONDAY + 20 * DAY,
)


def received(**changes: Any) -> ComplaintReceived:
    """A complaint as intake says it."""
    fields: dict[str, Any] = {
        "number": "7K3M-9Q2X",
        "channel": "web",
        "via": "http",
        "source_system": "shop",
        "kind": "product",
        "subject": "Kettle broken",
        "remedy_sought": {"kind": "refund"},
        "complainant": Person(name="Eva Ruiz", email="eva@example.org", time_zone="Europe/Madrid", language="es"),
        "received_at": MONDAY,
        "started_at": MONDAY,
    }
    return ComplaintReceived(**{**fields, **changes})


def triaged(deadlines: Deadlines = DEADLINES, **changes: Any) -> ComplaintTriaged:
    """As routing reads it."""
    fields: dict[str, Any] = {
        "category": "defect",
        "severity": "medium",
        "priority": "normal",
        "language": "es",
        "policy": PolicyVersion(id="default", version=1),
        "calendar": "office",
        "deadlines": deadlines,
        "why": ("defaults",),
    }
    return ComplaintTriaged(**{**fields, **changes})


def assigned(agent: str | None = "ana", deadlines: Deadlines = DEADLINES, **changes: Any) -> ComplaintAssigned:
    """As routing hands it to somebody."""
    fields: dict[str, Any] = {"team": "care", "calendar": "office", "why": ("free",)}
    return ComplaintAssigned(agent=agent, deadlines=deadlines, **{**fields, **changes})


class Move(NamedTuple):
    """Something that was done to a case, with its instant and all that it depended on. `heard`: by an event."""

    decide: Callable[..., Decision[Case]]
    now: datetime
    world: World
    heard: bool = False


class Life:
    """One case, everything it has said, and the time; `journal` is what was done to it, but for what was refused."""

    def __init__(self, world: World = WORLD) -> None:
        self.world = world
        self.now = MONDAY
        self.said: list[Payload] = []
        self.seq = 0
        self.known: Case | None = None
        self.journal: list[Move] = []

    @property
    def case(self) -> Case:
        """As it is."""
        assert self.known is not None
        return self.known

    def at(self, moment: datetime) -> "Life":
        """Time passes, and nobody looks."""
        self.now = moment
        return self

    def hear(self, payload: Payload, *, time: datetime | None = None) -> Sequence[Payload]:
        """The case hears this event; answers what it says."""
        self.seq += 1
        event_id = f"00000000-0000-7000-8000-{self.seq:012d}"
        event = Event(event_id, payload.type, payload.source, self.seq, "c1", time or self.now, payload)
        react = REACTIONS[type(payload)]
        return self._take(lambda case, **given: react(case, event, **given), heard=True).events

    def _take(self, decide: Callable[..., Decision[Case]], *, heard: bool = False) -> Decision[Case]:
        decision = decide(self.known, now=self.now, world=self.world)
        self.known = listed(decision.state)
        self.said += decision.events
        self.journal.append(Move(decide, self.now, self.world, heard))
        return decision

    def do(self, rule: Any, ask: Ask) -> Any:
        """The command is obeyed; answers its answer."""
        return self._take(obey(rule, ask)).answer

    def tick(self) -> Sequence[Payload]:
        """The timer looks; answers what the case says."""
        return self._take(tick).events

    def due(self) -> datetime | None:
        """When the timer will look again."""
        return due_at(self.case)

    def types(self, start: str = "") -> list[str]:
        """What was said, by type."""
        return [payload.type for payload in self.said if payload.type.startswith(start)]

    def last(self, kind: str) -> Any:
        """The newest event of this type."""
        return next(payload for payload in reversed(self.said) if payload.type == kind)

    def entry(self, promise_id: str = "p1") -> LedgerEntry:
        """The promise in the ledger."""
        return next(entry for entry in self.case.promises if entry.id == promise_id)

    def system_promise(self) -> LedgerEntry:
        """What the acknowledgement promised."""
        return next(entry for entry in self.case.promises if entry.said_by == "system")

    def answer(self, response_id: str = "r1", **changes: Any) -> Any:
        """Ana answers the customer."""
        fields: dict[str, Any] = {"by": "ana", "channel": "email", "text": "We are on it."}
        return self.do(respond, Respond(response_id=response_id, **{**fields, **changes}))

    def promise(self, promise_id: str = "p1", **changes: Any) -> Any:
        """Ana promises a refund by three in the afternoon (Madrid)."""
        fields: dict[str, Any] = {"by": "ana", "kind": "refund", "words": "by three", "due": MONDAY + 5 * HOUR}
        return self.do(make_promise, MakePromise(promise_id=promise_id, **{**fields, **changes}))

    def fulfil(self, promise_id: str = "p1", *, settles_it: bool = False, **evidence: Any) -> Any:
        """Ana has done it."""
        shown = Evidence(**{"type": "payment", **evidence})
        return self.do(fulfil, Fulfil(promise_id=promise_id, by="ana", evidence=shown, settles_it=settles_it))


def replayed(journal: Sequence[Move], *, together: bool) -> Case:
    """What becomes of a fresh case to which the same is done at the same instants, saved and read again in between.

    `together`: events that came at one instant are one batch, and nothing is saved between them.
    """
    case: Case | None = None
    for move, following in zip_longest(journal, journal[1:]):
        case = move.decide(case, now=move.now, world=move.world).state
        batch = following is not None and move.heard and following.heard and move.now == following.now
        if not (together and batch):
            case = Case.model_validate(listed(case).model_dump())
    assert case is not None
    return case


def begun(world: World = WORLD, **changes: Any) -> Life:
    """A complaint received, triaged and assigned to Ana at ten past ten."""
    life = Life(world)
    life.hear(received(**changes))
    life.hear(triaged())
    life.hear(assigned())
    return life.at(MONDAY + 10 * MINUTE)
