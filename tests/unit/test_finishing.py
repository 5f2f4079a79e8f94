"""A document is finished once for all that a batch decides; what goes wrong there is still some event's fault."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.metrics.service import build
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintReceived, MessageReceived
from shared.events.values import Frozen, Person
from shared.runtime.fold import Folder, Letter
from shared.runtime.loaded import Loaded, read
from shared.runtime.service import Service

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Heap(Frozen):
    """Counts what it hears; cannot be listed while it is three high."""

    height: int = 0
    words: tuple[str, ...] = ()
    shown: str = ""


finished: list[int] = []


def _higher(state: Heap | None, event: Event[Any], *, now: datetime, world: None) -> Decision[Heap]:
    del now, world
    heap = state or Heap()
    return Decision(heap.model_copy(update={"height": heap.height + (event.data.text or "x").count("up")}))


def _listed(heap: Heap) -> Heap:
    finished.append(heap.height)
    if heap.height == 3:
        raise ValueError("three")
    return heap.model_copy(update={"shown": "#" * heap.height})


async def _nothing(_: object) -> None:
    return None


SERVICE: Service[Heap, None] = Service(
    name="metrics",
    state=Heap,
    reactions={ComplaintReceived: _higher, MessageReceived: _higher},
    births=frozenset({ComplaintReceived}),
    due_at=lambda heap: NOW + timedelta(hours=heap.height),
    tick=lambda *_, **__: Decision(Heap()),
    prepare=_nothing,
    listed=_listed,
)


def letters(*texts: str) -> list[Letter]:
    """A complaint and its further messages."""
    born = ComplaintReceived(
        number="7K3M-9Q2X", channel="web", via="http", source_system="shop", kind="product", text=texts[0],
        complainant=Person(name="Ana"), received_at=NOW, started_at=NOW,
    )  # fmt: skip
    said = [
        MessageReceived(message_id=str(n), channel="web", text=text, received_at=NOW)
        for n, text in enumerate(texts[1:])
    ]
    events = [Event(str(n), data.type, "intake", n, "c1", NOW, data) for n, data in enumerate([born, *said], start=1)]
    return [Letter(event, f"t/0/{event.seq}") for event in events]


def folded(*texts: str, loaded: Loaded[Heap] | None = None) -> tuple[Loaded[Heap], list[Any]]:
    """The document after these, and what became of each."""
    finished.clear()
    document = loaded or Loaded[Heap]("c1")
    return document, Folder(SERVICE, None, NOW, None).fold_all(document, letters(*texts))


def test_a_document_is_finished_once_for_a_batch() -> None:
    document, outcomes = folded("up", "up up up", "up")
    assert [outcome for outcome, _ in outcomes] == ["applied"] * 3
    assert finished == [5]
    assert document.state == Heap(height=5, shown="#####")
    assert document.due_at == NOW + timedelta(hours=5)


def test_the_event_after_which_it_cannot_be_finished_is_kept_aside_with_what_comes_behind() -> None:
    document, outcomes = folded("up", "up", "up", "nothing")
    assert [outcome for outcome, _ in outcomes] == ["applied", "applied", "parked", "parked"]
    poison = outcomes[2][1]
    assert poison.letter.event.seq == 3
    assert poison.error == "ValueError: three"
    assert outcomes[3][1] is None
    assert document.parked
    assert document.applied == {"intake": 2}
    assert document.state == Heap(height=2, shown="##")
    assert document.due_at == NOW + timedelta(hours=2)


def test_a_save_sets_only_the_fields_that_changed() -> None:
    document, _ = folded("up")
    whole = document.save(NOW)
    assert whole.set["state"] == {"height": 1, "words": (), "shown": "#"}
    stored = {"_id": "c1", "version": 1, **whole.set}
    again, _ = folded("up", "up", loaded=read(stored, Heap))
    save = again.save(NOW)
    assert {name: value for name, value in save.set.items() if name.startswith("state")} == {
        "state.height": 2, "state.shown": "##",
    }  # fmt: skip
    assert save.version == 1


def test_what_changes_nothing_sets_nothing_of_the_state() -> None:
    document, _ = folded("up")
    stored = {"_id": "c1", "version": 1, **document.save(NOW).set}
    quiet = read(stored, Heap)
    quiet.applied["intake"] = 2
    assert not [name for name in quiet.save(NOW).set if name.startswith("state")]


def test_a_document_in_another_shape_is_whole() -> None:
    document, _ = folded("up")
    stored = read({"_id": "c1", "version": 1, **document.save(NOW).set}, Heap)
    assert stored.document(NOW)["state"] == {"height": 1, "words": (), "shown": "#"}


def test_computed_fields_are_stored_with_whatever_changes() -> None:
    service = build(None)
    told = letters("up")[0]
    document = Loaded[Any]("c1")
    Folder(service, None, NOW, None).fold_all(document, [told])
    stored = read({"_id": "c1", "version": 1, **document.save(NOW).set}, service.state)
    assert stored.state is not None
    merged = stored.state.model_copy(update={"merged_at": NOW, "heard_at": NOW})
    stored.take(Decision(merged), service, None)  # type: ignore[arg-type]
    assert "state.heard_at" not in stored.save(NOW).set, "what is never stored is not set either"
    assert stored.save(NOW).set["state.unanswered_since"] is None
    assert "unanswered_since" not in replace(stored, stored=None).save(NOW).set["state"]
