"""What the journal knows of each promise: kept if we were told so, else broken in the end."""

from collections.abc import Iterator, Sequence

from tests.chaos.evidence import Evidence, Finding
from tests.chaos.journal import Entry
from tests.chaos.views import by_complaint, standings


def may_stand(evidence: Evidence) -> dict[str, set[str]]:
    """By the key that a person's promise was asked with, how it may stand in the end; one word where we know it."""
    tried: dict[str, list[Entry]] = {}
    for entry in evidence.entries.values():
        if entry.asking.promise is not None:
            tried.setdefault(entry.asking.promise, []).append(entry)
    withdrawn = {
        entry.complaint
        for entry in evidence.entries.values()
        if entry.asking.kind == "withdrawal" and not entry.refused
    }
    return {
        key: _may_stand(tried.get(_id_of(entry), []), withdrawn=entry.complaint in withdrawn)
        for key, entry in evidence.entries.items()
        if entry.asking.kind == "promise"
    }


def check_words_kept(evidence: Evidence) -> Iterator[Finding]:
    """Each promise of which the journal knows the id stands as it may."""
    stands: dict[str, str] = {}
    for events in by_complaint(evidence).values():
        stands |= standings(events)
    for key, may in may_stand(evidence).items():
        entry = evidence.entries[key]
        how = stands.get(_id_of(entry))
        if how is not None and how not in may:
            yield Finding("lost", f"promise {key} of {entry.complaint} stands as {how}, not {sorted(may)}")


def _id_of(entry: Entry) -> str:
    """The promise's id; none where nobody was told of it, so that nobody can have fulfilled it either."""
    return "" if entry.accepted is None else str(entry.accepted.body["id"])


def _may_stand(tried: Sequence[Entry], *, withdrawn: bool) -> set[str]:
    told = {str(entry.accepted.body["status"]) for entry in tried if entry.accepted is not None}
    if told:
        return {"kept"} if "kept" in told else {"broken"}
    open_ends = any(not entry.refused for entry in tried)
    return {"broken", *(["kept"] if open_ends else []), *(["withdrawn"] if withdrawn else [])}
