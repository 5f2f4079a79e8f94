"""The log and the documents against each other: nothing lost, nothing twice, everything in order."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from tests.chaos.evidence import SERVICES, Evidence, Fault, Finding, Said

_NEVER_LOGGED: Final[Mapping[str, Fault]] = {
    "event_gap": "gaps",
    "event_parked": "gaps",
    "not_an_event": "gaps",
    "loop_failed": "faults",
    "tick_failed": "faults",
    "totals_fell": "metrics",
}


def check_order(evidence: Evidence) -> Iterator[Finding]:
    """First appearances ascend, and all of a complaint stand in one partition."""
    newest: dict[tuple[str, str], int] = {}
    known: set[tuple[str, str, int]] = set()
    home: dict[str, int] = {}
    for said in evidence.log:
        if home.setdefault(said.complaint, said.partition) != said.partition:
            yield Finding("out_of_order", f"{_name(said)} stands in another partition than the complaint's others")
        last = newest.get((said.complaint, said.source), 0)
        if said.place not in known and said.seq < last:
            yield Finding("out_of_order", f"{_name(said)} comes first after seq {last}")
        known.add(said.place)
        newest[said.complaint, said.source] = max(last, said.seq)


def check_identity(evidence: Evidence) -> Iterator[Finding]:
    """One event for each place, one place for each event; a promise ends once."""
    ids: dict[tuple[str, str, int], str] = {}
    places: dict[str, tuple[str, str, int]] = {}
    for said in evidence.log:
        if ids.setdefault(said.place, said.id) != said.id:
            yield Finding("twice", f"{_name(said)} is {ids[said.place]} and also {said.id}")
        if places.setdefault(said.id, said.place) != said.place:
            yield Finding("twice", f"{_name(said)} was said as seq {places[said.id][2]} before")
    ends = Counter(
        (said.data["promise"]["id"], said.type)
        for said in evidence.once()
        if said.type in ("promise.broken", "promise.kept", "promise.made", "promise.fulfilled_late")
    )
    for (promise, event_type), times in ends.items():
        if times > 1:
            yield Finding("twice", f"{event_type} was said {times} times of promise {promise}")


def check_seqs(evidence: Evidence) -> Iterator[Finding]:
    """What a document has said is on the log, all of it; what is on the log was said by a document."""
    on_log: dict[tuple[str, str], set[int]] = {}
    for said in evidence.log:
        on_log.setdefault((said.complaint, said.source), set()).add(said.seq)
    for service in SERVICES:
        for complaint, document in evidence.of(service):
            there = on_log.pop((complaint, service), set())
            should = set(range(1, document.get("seq", 0) + 1))
            for seq in sorted(should - there):
                yield Finding("lost", f"{service} seq {seq} of {complaint} is not on the log")
            for seq in sorted(there - should):
                yield Finding("lost", f"{service} seq {seq} of {complaint} is on the log, and its document forgot it")
            if document.get("outbox"):
                yield Finding("lost", f"{service} still has to say {len(document['outbox'])} events of {complaint}")
    for complaint, source in on_log:
        yield Finding("lost", f"{source} spoke of {complaint}, and has no document of it")


def check_marks(evidence: Evidence) -> Iterator[Finding]:
    """Everybody has heard everything, and keeps nothing aside."""
    heard = {service: dict(evidence.of(service)) for service in SERVICES}
    for source in SERVICES:
        for complaint, document in evidence.of(source):
            for consumer in SERVICES:
                applied = heard[consumer].get(complaint, {}).get("applied", {})
                if consumer != source and applied.get(source, 0) < document.get("seq", 0):
                    missing = f"{applied.get(source, 0)} of {document['seq']} events of {source}"
                    yield Finding("lost", f"{consumer} has heard {missing} of {complaint}")


def check_gaps(evidence: Evidence) -> Iterator[Finding]:
    """Nothing came early, and nothing lies aside."""
    aside = {"early": "came early", "parked": "are parked", "held": "wait for the birth"}
    for service in SERVICES:
        if evidence.aside.get(service):
            yield Finding("gaps", f"{service} has {evidence.aside[service]} messages aside")
        for complaint, document in evidence.of(service):
            for what in (words for name, words in aside.items() if document.get(name)):
                yield Finding("gaps", f"events of {complaint} {what} at {service}")


def check_logs(evidence: Evidence) -> Iterator[Finding]:
    """No log says what it must never say."""
    for word, fault in _NEVER_LOGGED.items():
        if evidence.logged.get(word):
            yield Finding(fault, f"the logs say {word} {evidence.logged[word]} times")


def check_audit(evidence: Evidence) -> Iterator[Finding]:
    """The product's own audit agrees."""
    if evidence.missing is None:
        yield Finding("faults", "palabra audit could not be run")
    elif evidence.missing:
        yield Finding("lost", f"palabra audit finds {evidence.missing} complaints with missing events")


def _name(said: Said) -> str:
    return f"{said.source} seq {said.seq} of {said.complaint} ({said.type}, {said.partition}/{said.offset})"
