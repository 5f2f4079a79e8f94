"""How `palabra events tail` shows an event."""

from datetime import UTC, datetime

from deploy.cli.events import Wanted, line, short, whole
from shared.events import Event
from shared.events.envelope import BrokenPayload, UnknownPayload
from shared.events.promises import PromiseMade
from shared.events.values import Promise
from tests.support.log import event
from tests.support.tally import received, said

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_line_says_when_who_what_which_and_about_which_complaint() -> None:
    shown = line(event(received(), "c1", 1))
    assert shown.startswith("2026-03-02T10:00:00.000Z intake   complaint.received ")
    assert " 1 c1 number=7K3M-9Q2X channel=web kind=product" in shown


def test_a_line_holds_nothing_that_a_customer_wrote() -> None:
    assert "ana@example.org" not in line(event(received(), "c1", 1))
    assert "my words" not in line(event(said("my words"), "c1", 2))


def test_a_promise_is_told_by_kind_and_time() -> None:
    promise = Promise(id="p", complaint_id="c1", kind="callback", words="we call", due=AT, said_by="person", made_at=AT)
    shown = short(event(PromiseMade(promise=promise), "c1"))
    assert "kind=callback" in shown
    assert "due=2026-03-02T10:00:00" in shown
    assert "we call" not in shown


def test_what_cannot_be_read_is_shown_as_such() -> None:
    common = ("e1", "complaint.painted", "intake", 3, "c1", AT)
    assert "does not know" in line(Event(*common, data=UnknownPayload(raw={"colour": "red"})))  # type: ignore[arg-type]
    broken = Event(*common, data=BrokenPayload(reason="colour: missing"))  # type: ignore[arg-type]
    assert "colour: missing" in line(broken)


def test_json_holds_all_of_it() -> None:
    told = whole(event(said("my words"), "c1", 2))
    assert (told["seq"], told["complaint_id"], told["time"]) == (2, "c1", "2026-03-02T10:00:00.000+00:00")
    assert told["data"]["text"] == "my words"
    raw = Event("e1", "complaint.painted", "intake", 3, "c1", AT, UnknownPayload(raw={"colour": "red"}))
    assert whole(raw)["data"] == {"colour": "red"}


def test_only_what_was_asked_for_is_wanted() -> None:
    one = event(said("x"), "c1", 2)
    assert Wanted().fits(one)
    assert Wanted("c1", "complaint.message_received").fits(one)
    assert not Wanted("c2").fits(one)
    assert not Wanted(type="complaint.received").fits(one)
