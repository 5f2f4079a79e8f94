"""Whatever the order and however often: each event counts once, and what is counted agrees with what stands."""

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.metrics.domain.facts import Facts
from services.metrics.service import build
from shared.events import Event, promises
from shared.runtime.fold import Folder, Letter
from shared.runtime.loaded import Loaded, read
from tests.support.story import START, Story, hours

SERVICE = build(None)
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Books:
    """Documents and totals in memory, taken in batches and stored as the real ones are."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}
        self.totals: Counter[str] = Counter()

    def take(self, batch: list[Event[Any]]) -> None:
        """Load, fold, save; the counts of the batch go into the totals."""
        loaded: dict[str, Loaded[Facts]] = {}
        folder = Folder(SERVICE, None, NOW, None)
        for event in batch:
            known = self.stored.get(event.complaint_id)
            fresh = Loaded[Facts](event.complaint_id) if known is None else read(known, Facts)
            document = loaded.setdefault(event.complaint_id, fresh)
            _, poison = folder.fold(document, Letter(event, "t/0/0"))
            assert poison is None
        for document in loaded.values():
            if document.touched:
                self.stored[document.id] = document.document(NOW)
                assert document.state is None or all(x.amount >= 0 for x in document.state.counts)
                for team, key, amount in document.state.counts if document.state else ():
                    self.totals[f"{team}/{key}"] += amount

    def take_all(self, events: list[Event[Any]], sizes: random.Random) -> "Books":
        """In batches of any size."""
        left = list(events)
        while left:
            size = sizes.randint(1, 7)
            self.take(left[:size])
            left = left[size:]
        return self

    def facts(self) -> list[Facts]:
        """What stands in the end."""
        return [Facts.model_validate(document["state"]) for document in self.stored.values()]


def promising(tale: Story, stands: dict[str, str], step: int, dice: random.Random) -> None:
    """A promise is made; or the last one made ends, or what was said of its end is corrected."""
    last = next(reversed(stands), "")
    if not stands or dice.random() < 0.3:
        tale.made(f"x{step}", due=30, at=step)
        stands[f"x{step}"] = "open"
    elif stands[last] == "open":
        stands[last] = dice.choice(["kept", "broken"])
        (tale.kept if stands[last] == "kept" else tale.broken)(last)
    else:
        old, new = stands[last], dice.choice([x for x in ("kept", "broken", "open") if x != stands[last]])
        stands[last] = new
        told: dict[str, Any] = {"from_status": old, "to_status": new, "why": "record"}
        tale.say(promises.PromiseCorrected(promise=tale.promise(last, status=new), **told), step)


def life(complaint_id: str, dice: random.Random) -> Story:
    """Some life of a complaint."""
    tale = Story(complaint_id, start=START + hours(dice.randint(0, 50))).received(
        channel=dice.choice(["web", "phone"]), anonymous=dice.random() < 0.1, historical=dice.random() < 0.1
    )
    due = dice.choice([None, 4])
    tale.triaged(due=due, priority=dice.choice(["high", "low"]))
    tale.assigned(dice.choice(["cards", "loans"]), dice.choice([None, "ana"]), due=due)
    stands: dict[str, str] = {}
    for step in range(dice.randint(0, 12)):
        match dice.randint(0, 6):
            case 0 | 1:
                tale.answered(f"x{step}", step, within=dice.choice([None, True, False]))
            case 2:
                tale.failed(f"x{dice.randint(0, 12)}", step)
            case 3 | 4:
                promising(tale, stands, step, dice)
            case 5:
                tale.resolved(step).closed(step)
            case _:
                tale.assigned("loans", due=due, at=step)
    return tale


def interleaved(tales: list[Story], dice: random.Random) -> list[Event[Any]]:
    """Any order that keeps each complaint's own."""
    queues = [list(tale.events) for tale in tales]
    merged: list[Event[Any]] = []
    while any(queues):
        queue = dice.choice([queue for queue in queues if queue])
        merged.append(queue.pop(0))
    return merged


def by_source(tale: Story, dice: random.Random) -> list[Event[Any]]:
    """Any order in which each source keeps its own; the birth may come late."""
    queues: dict[str, list[Event[Any]]] = {}
    for event in tale.events:
        queues.setdefault(event.source, []).append(event)
    merged: list[Event[Any]] = []
    while queues:
        source = dice.choice(sorted(queues))
        merged.append(queues[source].pop(0))
        if not queues[source]:
            del queues[source]
    return merged


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_among_complaints_and_the_size_of_batches_change_nothing(seed: int) -> None:
    dice = random.Random(seed)
    tales = [life(f"c{number}", dice) for number in range(4)]
    straight = Books().take_all([event for tale in tales for event in tale.events], dice)
    mixed = Books().take_all(interleaved(tales, dice), dice)
    assert mixed.totals == straight.totals
    assert {key: d["state"] for key, d in mixed.stored.items()} == {
        key: d["state"] for key, d in straight.stored.items()
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_repeat_changes_nothing(seed: int) -> None:
    dice = random.Random(seed)
    tales = [life(f"c{number}", dice) for number in range(3)]
    events = interleaved(tales, dice)
    once = Books().take_all(events, dice)
    again: list[Event[Any]] = []
    for place, event in enumerate(events):
        again += [event, *(dice.choice(events[: place + 1]) for _ in range(dice.randint(0, 2)))]
    twice = Books().take_all(again, dice).take_all(events, dice)
    assert twice.totals == once.totals


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_gap_that_heals_changes_nothing(seed: int) -> None:
    dice = random.Random(seed)
    tale = life("c1", dice)
    straight = Books().take_all(tale.events, dice)
    late = list(tale.events)
    held_up = late.pop(dice.randrange(len(late)))
    # What came early is folded in order once the missing one is there; only its own source waited for it.
    alone = [event for event in late if event.source == held_up.source]
    others = [event for event in tale.events if event.source != held_up.source]
    healed = Books().take_all([*others, *alone, held_up], dice)
    reordered = Books().take_all([*others, *(e for e in tale.events if e.source == held_up.source)], dice)
    assert healed.totals == reordered.totals
    assert straight.stored["c1"]["applied"] == healed.stored["c1"]["applied"]


def net(totals: Counter[str], *, labels: bool = False) -> Counter[str]:
    """What stands: answered less taken back, settled as corrected; without labels that another source tells."""
    found: Counter[str] = Counter()
    for series, n in totals.items():
        name, *rest = series.partition("/")[2].split("|")
        if name == "palabra_first_responses":
            found["answered"] += n
        elif name == "palabra_first_responses_taken_back":
            found["answered"] -= n
        elif name == "palabra_promises_settled":
            found[rest[2]] += n
        elif name == "palabra_promises_corrected":
            found[rest[2]] -= n
            found[rest[3]] += n
        elif name.startswith("palabra_first_response"):
            continue  # a histogram takes nothing back
        else:
            found["|".join([name, *(rest if labels else [])])] += n
    return found


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_any_order_that_each_source_keeps_counts_the_same_in_the_end(seed: int) -> None:
    dice = random.Random(seed)
    tale = life("c1", dice)
    straight = Books().take_all(tale.events, dice)
    shuffled = Books().take_all(by_source(tale, dice), dice)
    assert +net(shuffled.totals) == +net(straight.totals)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_counted_agrees_with_what_stands(seed: int) -> None:
    dice = random.Random(seed)
    books = Books()
    for number in range(3):
        books.take_all(life(f"c{number}", dice).events, dice)
    stands: Counter[str] = Counter()
    for facts in books.facts():
        if facts.historical:
            continue
        stands.update(promise.status for promise in facts.promises)
        stands["answered"] += sum(
            response.counted and response.within is not None for cycle in facts.cycles for response in cycle.responses
        )
    counted = net(books.totals)
    for name in ("answered", "kept", "broken"):
        assert counted[name] == stands[name], name
