"""What is known after a run: the only thing that the checker looks at. Values, no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.chaos.journal import Entries

Fault = Literal["lost", "twice", "out_of_order", "gaps", "places", "metrics", "faults"]
Document = Mapping[str, Any]
Labels = frozenset[tuple[str, str]]
Samples = Mapping[tuple[str, Labels], float]
SERVICES = ("intake", "routing", "followup", "metrics")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, in words that name the culprit."""

    fault: Fault
    what: str


@dataclass(frozen=True, slots=True)
class Said:
    """An event as it stands on the log; read without the product's own classes."""

    complaint: str
    source: str
    seq: int
    id: str
    type: str
    time: str
    data: Mapping[str, Any]
    partition: int
    offset: int

    @property
    def place(self) -> tuple[str, str, int]:
        """What it must be the only one of."""
        return self.complaint, self.source, self.seq


@dataclass(frozen=True)
class Evidence:
    """All of it.

    * `log`: the lifecycle topic from its beginning, each partition in its order.
    * `documents`: by service, then by complaint, as stored.
    * `places`: routing's reservations, a document an agent; `capacity` by agent.
    * `samples`: what each metrics replica shows; `reports`: what it answers, by name.
    * `logged`: how often the services' own logs say what they must never say.
    * `aside`: messages kept aside, by service.
    * `missing`: what `palabra audit` counted, or None where it could not.
    * `seen`: what was noticed during the run (a 500, a process that ended by itself, an agent over capacity).
    """

    entries: Entries = field(default_factory=dict)
    log: Sequence[Said] = ()
    documents: Mapping[str, Mapping[str, Document]] = field(default_factory=dict)
    places: Sequence[Document] = ()
    capacity: Mapping[str, int] = field(default_factory=dict)
    samples: Sequence[Samples] = ()
    reports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    logged: Mapping[str, int] = field(default_factory=dict)
    aside: Mapping[str, int] = field(default_factory=dict)
    missing: int | None = 0
    seen: Sequence[Finding] = ()

    def once(self) -> list[Said]:
        """Each event once, in the order of its first appearance, by complaint and source in the order of seq."""
        first: dict[tuple[str, str, int], Said] = {}
        for said in self.log:
            first.setdefault(said.place, said)
        return sorted(first.values(), key=lambda said: said.place)

    def of(self, service: str) -> Iterator[tuple[str, Document]]:
        """That service's documents, by complaint."""
        yield from self.documents.get(service, {}).items()
