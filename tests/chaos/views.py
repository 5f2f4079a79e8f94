"""What each service makes of the others' words, against the log: a mark may move and the words still be lost."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.chaos.evidence import Document, Evidence, Finding, Said

_ENDS: Final = {
    "promise.made": "open",
    "promise.kept": "kept",
    "promise.broken": "broken",
    "promise.attempted": "attempted",
    "promise.withdrawn": "withdrawn",
}


def standings(events: list[Said]) -> dict[str, str]:
    """How each promise stands in the end."""
    known: dict[str, str] = {}
    for said in events:
        if said.type in _ENDS:
            known[said.data["promise"]["id"]] = _ENDS[said.type]
        elif said.type == "promise.corrected":
            known[said.data["promise"]["id"]] = said.data["to_status"]
    return known


def by_complaint(evidence: Evidence) -> dict[str, list[Said]]:
    """The events of each complaint, each source's in the order of seq."""
    found: dict[str, list[Said]] = {}
    for said in evidence.once():
        found.setdefault(said.complaint, []).append(said)
    return found


def check_views(evidence: Evidence) -> Iterator[Finding]:
    """Every document shows what the log says."""
    for complaint, events in by_complaint(evidence).items():
        promises = standings(events)
        handed = [said.data.get("agent") for said in events if said.type == "complaint.assigned"]
        agent = handed[-1] if handed else None
        messages = sum(said.type == "complaint.message_received" for said in events)
        expected: Mapping[str, dict[str, Any]] = {
            "intake": {"promises": promises, "agent": agent},
            "followup": {"promises": promises, "agent": agent, "messages": messages},
            "metrics": {"promises": promises, "has_agent": agent is not None},
            "routing": {"promises": sorted(name for name, how in promises.items() if how == "open"), "agent": agent},
        }
        for service, should in expected.items():
            document = evidence.documents.get(service, {}).get(complaint)
            if document is None or not document.get("state"):
                yield Finding("lost", f"{service} knows nothing of {complaint}")
                continue
            shown = _shown(service, document)
            for name, value in should.items():
                if shown[name] != value:
                    seen = f"{name} {shown[name]}, the log says {value}"
                    yield Finding("lost", f"{service} shows of {complaint}: {seen}")


def _shown(service: str, document: Document) -> dict[str, Any]:
    state = document["state"]
    promises: Any = {promise["id"]: promise.get("status") for promise in state["promises"]}
    match service:
        case "intake":
            return {"promises": promises, "agent": (state.get("assigned") or {}).get("agent")}
        case "followup":
            return {"promises": promises, "agent": state.get("agent"), "messages": state["messages"]}
        case "metrics":
            return {"promises": promises, "has_agent": state["has_agent"]}
    return {"promises": sorted(promises), "agent": state.get("agent")}


def check_places(evidence: Evidence) -> Iterator[Finding]:
    """No agent is over capacity, no place is held by nobody, and no complaint stands with an agent without a place."""
    documents = dict(evidence.of("routing"))
    held = {(place["_id"], one["id"], one["turn"]) for place in evidence.places for one in place.get("held", ())}
    for place in evidence.places:
        taken, most = len(place.get("held", ())), evidence.capacity.get(place["_id"], 0)
        if taken > most:
            yield Finding("places", f"{place['_id']} holds {taken} places of {most}")
    used = {
        (state.get("agent"), complaint, state.get("place"))
        for complaint, document in documents.items()
        if (state := document["state"]) and state["open"] and state.get("agent") is not None
    }
    for agent, complaint, turn in sorted(held - used, key=str):
        yield Finding("places", f"{agent} holds a place for {complaint} in turn {turn}, which nobody uses")
    for agent, complaint, turn in sorted(used - held, key=str):
        yield Finding("places", f"{complaint} stands with {agent} by turn {turn}, without a place")
