"""The journal against what came of it: each command that was answered has its effect, once; a refused one has none."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from tests.chaos.evidence import Document, Evidence, Finding, Said
from tests.chaos.journal import Entry, Kind

_TOKEN: Final = re.compile(r"<([^<>]+)>")


class Trace(NamedTuple):
    """How a command's effect is known: the event type, the words that hold its token, and the id it made."""

    type: str
    words: Callable[[Mapping[str, Any]], str | None]
    made: Callable[[Said], str | None] = lambda _: None


def _evidence(data: Mapping[str, Any]) -> str | None:
    reference: str | None = (data["promise"].get("evidence") or {}).get("reference")
    return reference


TRACES: Final[Mapping[Kind, tuple[Trace, ...]]] = {
    "complaint": (Trace("complaint.received", lambda data: data.get("text"), lambda said: said.complaint),),
    "message": (
        Trace("complaint.message_received", lambda data: data.get("text"), lambda said: said.data["message_id"]),
    ),
    "withdrawal": (Trace("complaint.withdrawn", lambda data: data.get("reason")),),
    "response": (Trace("response.sent", lambda data: data.get("text"), lambda said: said.data["response_id"]),),
    "promise": (Trace("promise.made", lambda data: data["promise"]["words"], lambda said: said.data["promise"]["id"]),),
    "fulfilment": (
        Trace("promise.kept", _evidence),
        Trace("promise.fulfilled_late", _evidence),
        Trace("promise.corrected", _evidence),
    ),
    "resolution": (Trace("complaint.resolved", lambda data: data.get("text")),),
    "transfer": (Trace("complaint.assigned", lambda data: data.get("reason")),),
}
_BY_TYPE: Final = {trace.type: (kind, trace) for kind, traces in TRACES.items() for trace in traces}


def effects(evidence: Evidence) -> dict[str, list[Said]]:
    """By key, every event that came of that command."""
    found: dict[str, list[Said]] = {}
    for said in evidence.once():
        if said.type not in _BY_TYPE:
            continue
        kind, trace = _BY_TYPE[said.type]
        for key in _TOKEN.findall(trace.words(said.data) or ""):
            entry = evidence.entries.get(key)
            # A result is also a response; it is counted as what was asked for.
            if entry is None or entry.asking.kind == kind:
                found.setdefault(key, []).append(said)
    return found


def check_commands(evidence: Evidence) -> Iterator[Finding]:
    """Each command against its effects on the log and in its document."""
    found = effects(evidence)
    for key, entry in evidence.entries.items():
        came = found.pop(key, [])
        yield from _check_answers(entry)
        if len(came) > 1:
            where = ", ".join(f"{said.source} seq {said.seq} of {said.complaint}" for said in came[:3])
            yield Finding("twice", f"{_name(entry)} had {len(came)} effects: {where}")
        if came and entry.refused:
            yield Finding("twice", f"{_name(entry)} was refused, and yet {came[0].type} was said of it")
        if entry.accepted is not None:
            yield from _check_accepted(entry, came, evidence)
    for key, came in found.items():
        yield Finding("twice", f"{came[0].type} of {came[0].complaint} says {key}, which nobody asked for")


def _check_answers(entry: Entry) -> Iterator[Finding]:
    done = [answer.body for answer in entry.answers if answer.done]
    if any(body != done[0] for body in done):
        yield Finding("twice", f"{_name(entry)} was answered in two ways")
    reused = [answer for answer in entry.answers if answer.body.get("code") == "idempotency_key_reused"]
    if reused:
        yield Finding("twice", f"{_name(entry)}: the same request was taken for another one")


def _check_accepted(entry: Entry, came: list[Said], evidence: Evidence) -> Iterator[Finding]:
    assert entry.accepted is not None
    asking = entry.asking
    if not came:
        yield Finding("lost", f"{_name(entry)} was answered {entry.accepted.status}, and nothing on the log says so")
        return
    if came[0].complaint != entry.complaint:
        yield Finding("twice", f"{_name(entry)} was answered about {entry.complaint}, and done to {came[0].complaint}")
    made = _BY_TYPE[came[0].type][1].made(came[0])
    if made is not None and made != entry.accepted.body.get("id"):
        yield Finding("twice", f"{_name(entry)} was answered {entry.accepted.body.get('id')}, the log says {made}")
    owner = "routing" if asking.kind == "transfer" else asking.service
    document = evidence.documents.get(owner, {}).get(entry.complaint or "")
    if document is None:
        yield Finding("lost", f"{_name(entry)}: {owner} has no document of {entry.complaint}")
    elif not _stands_in(document, entry) and not _reopened(entry, evidence):
        yield Finding("lost", f"{_name(entry)} is not in {owner}'s document of {entry.complaint}")


def _reopened(entry: Entry, evidence: Evidence) -> bool:
    """A result stands until the complaint begins again: words heard after it that say that it is not over do that."""
    return entry.asking.kind == "resolution" and any(
        said.type == "complaint.reopened" and said.complaint == entry.complaint for said in evidence.log
    )


def _stands_in(document: Document, entry: Entry) -> bool:
    """Whether the document of the service that was asked knows of it."""
    kind, token = entry.asking.kind, entry.asking.token
    if kind == "transfer":
        return True  # others may have handed it on since
    return any(token in (words or "") for words in _words(document["state"] or {}, entry))


def _words(state: Mapping[str, Any], entry: Entry) -> list[str | None]:
    """Where the token must stand."""
    lists = {"message": ("messages", "text"), "response": ("responses", "text"), "promise": ("promises", "words")}
    kind = entry.asking.kind
    if kind in lists:
        name, words = lists[kind]
        return [one.get(words) for one in state[name]]
    match kind:
        case "complaint":
            return [state["received"]["text"]]
        case "withdrawal":
            return [entry.asking.token] if state["status"] == "withdrawn" else []
        case "fulfilment":
            shown = [each.get("evidence") or {} for each in state["promises"] if each["id"] == entry.asking.promise]
            return [evidence.get("reference") for evidence in shown]
    return [(state.get("resolution") or {}).get("text")]


def _name(entry: Entry) -> str:
    return f"{entry.asking.kind} {entry.asking.key}"
