"""Whatever can happen to a case: commands, events and ticks, with seconds or weeks in between; refusals are fine."""

import contextlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.followup.domain.fulfilment import Attempt, attempt
from services.followup.domain.promises import (
    CheckPromise,
    WithdrawPromise,
    check_promise,
    withdraw_promise,
)
from services.followup.domain.renegotiating import Renegotiate, renegotiate
from services.followup.domain.replies import CorrectReading, correct_reading
from services.followup.domain.resolution import (
    Close,
    Reopen,
    Resolve,
    Verify,
    close_case,
    reopen,
    resolve,
    verify_by_link,
)
from services.followup.domain.solutions import Choose, Propose, choose, propose
from services.followup.domain.step_parts import Option
from services.followup.domain.surveys import AnswerSurvey, AskSurvey, answer_survey, ask_survey
from services.followup.domain.tick import tick
from services.followup.domain.understanding import ConfirmSummary, SendSummary, confirm_summary, send_summary
from services.followup.domain.waiting import Resume, Wait, go_on, wait
from shared.decision import Refusal
from shared.events.intake import (
    ComplaintMerged,
    ComplaintUnmerged,
    ComplaintWithdrawn,
    MessageReceived,
    ResponseDelivered,
    ResponseFailed,
)
from shared.events.reference import Absence, Policy, Target
from shared.events.values import Contact, Deadlines, Evidence, LegalClock
from tests.unit.followup_life import MONDAY, Life, assigned, received, triaged

AMOUNTS = st.sampled_from([0.001, 1, 60, 3600, 5 * 3600, 86_400, 8 * 86_400])
AGO = st.sampled_from([0, 60, 7200, 90_000])
STOPS: tuple[Any, ...] = ("acknowledgement", "substance", "delivery", "acceptance")
LAWS = st.lists(
    st.builds(
        lambda stops, days, binding, longer: LegalClock(
            rule="xx",
            term=stops,
            stops=stops,
            binding=binding,
            due=MONDAY + timedelta(days=days),
            extended=MONDAY + timedelta(days=days + 10) if longer else None,
        ),
        st.sampled_from(STOPS),
        st.integers(1, 20),
        st.booleans(),
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda law: law.term,
).map(tuple)
"""What laws want; routing names none, some, others."""
AGENTS = st.sampled_from(["ana", "ben"])


class CaseMoves(RuleBasedStateMachine):
    """One case, and what is done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.numbers = Counter[str]()
        self.firsts: dict[int, Any] = {}
        self.heard = 0

    def new(self, kind: str) -> str:
        """A name that was not there before."""
        self.numbers[kind] += 1
        return f"{kind}{self.numbers[kind]}"

    def do(self, what: Any, ask: Any) -> None:
        """Asked; a refusal must leave no trace."""
        before = self.life.case
        try:
            self.life.do(what, ask)
        except Refusal:
            assert self.life.case is before

    def promise_id(self, data: st.DataObject) -> str:
        """One of the promises, or one that is not there."""
        return data.draw(st.sampled_from(["nowhere", *(entry.id for entry in self.life.case.promises)]))

    def evidence(self, data: st.DataObject) -> Evidence:
        """Something that happened, now or before, shown by something or not."""
        reference = data.draw(st.sampled_from([None, "ref", *(response.id for response in self.life.case.responses)]))
        at = self.life.now - timedelta(seconds=data.draw(AGO))
        return Evidence(
            type=data.draw(st.sampled_from(["call", "message", "visit"])), reference=reference, occurred_at=at
        )

    @initialize(historical=st.booleans(), called=st.booleans(), read=st.booleans())
    def it_is_received(self, historical: bool, called: bool, read: bool) -> None:
        contact = Contact(id="call", ringing_at=MONDAY, answered_at=MONDAY) if called else None
        self.life.hear(received(historical=historical, contact=contact))
        if read:
            self.life.hear(triaged())
            self.life.hear(assigned())

    @rule(seconds=AMOUNTS)
    def time_goes_on(self, seconds: float) -> None:
        self.life.now += timedelta(seconds=seconds)

    @rule()
    def the_timer_looks(self) -> None:
        self.life.tick()
        assert self.life.due() is None or self.life.due() > self.life.now  # type: ignore[operator]
        again = tick(self.life.case, now=self.life.now, world=self.life.world)
        assert again.events == ()
        assert again.state == self.life.case

    @rule(laws=LAWS)
    def routing_reads_it(self, laws: tuple[LegalClock, ...]) -> None:
        self.life.hear(triaged(legal_clocks=laws))

    @rule(agent=st.one_of(st.none(), AGENTS), hours=st.integers(1, 300), laws=LAWS)
    def routing_assigns_it(self, agent: str | None, hours: int, laws: tuple[LegalClock, ...]) -> None:
        due = MONDAY + timedelta(hours=hours)
        deadlines = Deadlines(
            first_response=due,
            resolution=due + timedelta(days=5),
            legal=min((law.due for law in laws), default=None),
        )
        self.life.hear(assigned(agent, deadlines, legal_clocks=laws))

    @rule(start=st.integers(-5, 200), length=st.integers(1, 100), agent=AGENTS)
    def somebody_will_be_away(self, start: int, length: int, agent: str) -> None:
        away = Absence(
            start=self.life.now + timedelta(hours=start), end=self.life.now + timedelta(hours=start + length)
        )
        known = self.life.world.reference.agents[agent].model_copy(update={"absences": (away,)})
        self.newer("agent", agent, known)

    @rule(minutes=st.integers(1, 5000), business=st.booleans(), days=st.integers(1, 30))
    def the_policy_changes(self, minutes: int, business: bool, days: int) -> None:
        clocks: tuple[Any, ...] = ("next_response", "keep_informed", "first_response", "resolution")
        targets = tuple(Target(clock=clock, minutes=minutes, business=business) for clock in clocks)
        self.newer("policy", "default", Policy(name="p", targets=targets, close_after_days=days))

    def newer(self, kind: Any, name: str, datum: Any) -> None:
        """Reference data changes under the case."""
        world = self.life.world
        version = world.reference.versions.get((kind, name), 0) + 1
        self.life.world = replace(world, reference=world.reference.with_datum(kind, name, version, datum))

    @rule(ago=AGO)
    def it_is_merged(self, ago: int) -> None:
        self.life.hear(ComplaintMerged(into="c2", by="ana"), time=self.life.now - timedelta(seconds=ago))

    @rule()
    def the_merge_is_undone(self) -> None:
        self.life.hear(ComplaintUnmerged(out_of="c2", by="ana"))

    @rule(text=st.sampled_from(["thanks", "It is still broken", "The lid leaks as well, I have seen it today"]))
    def the_customer_writes(self, text: str) -> None:
        self.life.hear(MessageReceived(message_id="m", channel="web", text=text, received_at=self.life.now))

    @rule(data=st.data(), by=AGENTS)
    def somebody_takes_a_step(self, data: st.DataObject, by: str) -> None:
        repair, voucher = Option(id="a", text="Repair"), Option(id="b", text="Voucher")
        steps: list[tuple[Any, Any]] = [
            (send_summary, SendSummary(by=by, text="It leaks.")),
            (confirm_summary, ConfirmSummary(confirmed=False, correction="The lid")),
            (propose, Propose(by=by, options=(repair, voucher))),
            (choose, Choose(option="none")),
            (ask_survey, AskSurvey(by=by, purpose="To learn.", questions=("Well?",))),
            (answer_survey, AnswerSurvey(problem="It leaks.")),
            (correct_reading, CorrectReading(by=by, message_id="m", reading="not_solved")),
            (correct_reading, CorrectReading(by=by, message_id="m", reading="thanks")),
        ]
        self.do(*data.draw(st.sampled_from(steps)))

    @precondition(lambda self: self.life.now > MONDAY + timedelta(days=5))
    @rule(ago=AGO)
    def the_customer_withdraws(self, ago: int) -> None:
        self.life.hear(ComplaintWithdrawn(), time=self.life.now - timedelta(seconds=ago))

    @rule(ago=AGO, by=AGENTS, automatic=st.booleans(), reference=st.booleans(), holding=st.booleans())
    def somebody_answers(self, ago: int, by: str, automatic: bool, reference: bool, holding: bool) -> None:
        at = self.life.now - timedelta(seconds=ago)
        with contextlib.suppress(Refusal):
            self.life.answer(
                self.new("r"),
                by=by,
                automatic=automatic,
                occurred_at=at,
                external_reference="mail" if reference else None,
                holding=holding,
                reasons="the bank has not answered" if holding else None,
            )

    @precondition(lambda self: self.life.case.responses)
    @rule(data=st.data(), failed=st.booleans(), ago=AGO)
    def a_channel_reports(self, data: st.DataObject, failed: bool, ago: int) -> None:
        told = data.draw(st.sampled_from(["r99", *(response.id for response in self.life.case.responses)]))
        report: Any = ResponseFailed if failed else ResponseDelivered
        known = {response.id: response.cycle for response in self.life.case.responses}
        if failed and told in known:
            self.firsts.pop(known[told], None)
        at = self.life.now - timedelta(seconds=ago)
        self.life.hear(report(response_id=told, occurred_at=at), time=at)

    @rule(
        data=st.data(),
        hours=st.integers(-1, 200),
        by=AGENTS,
        override=st.booleans(),
        at=st.booleans(),
        kind=st.sampled_from(["refund", "callback"]),
    )
    def somebody_promises(self, data: st.DataObject, hours: int, by: str, override: bool, at: bool, kind: str) -> None:
        due = self.life.now + timedelta(hours=hours)
        reason = "so be it" if override else None
        inner = data.draw(st.sampled_from([None, *(entry.id for entry in self.life.case.promises)]))
        with contextlib.suppress(Refusal):
            self.life.promise(
                self.new("p"),
                by=by,
                due=due,
                not_before=due if at else None,
                kind=kind,
                depends_on=inner,
                override_reason=reason,
            )

    @rule(data=st.data())
    def a_promise_is_fulfilled(self, data: st.DataObject) -> None:
        evidence = self.evidence(data).model_dump()
        with contextlib.suppress(Refusal):
            self.life.fulfil(self.promise_id(data), **evidence)

    @rule(data=st.data())
    def a_promise_is_attempted(self, data: st.DataObject) -> None:
        self.do(attempt, Attempt(promise_id=self.promise_id(data), by="ana", evidence=self.evidence(data)))

    @rule(data=st.data(), on_track=st.booleans())
    def a_promise_is_checked(self, data: st.DataObject, on_track: bool) -> None:
        self.do(check_promise, CheckPromise(promise_id=self.promise_id(data), by="ana", on_track=on_track))

    @rule(data=st.data(), agreed=st.booleans(), hours=st.integers(1, 100))
    def another_time_is_asked_for(self, data: st.DataObject, agreed: bool, hours: int) -> None:
        ask = Renegotiate(
            promise_id=self.promise_id(data),
            new_id=self.new("p"),
            by="ana",
            due=self.life.now + timedelta(hours=hours),
            words="later",
            agreed_by_customer=agreed,
            evidence=self.evidence(data),
            override_reason="agreed with the customer",
        )
        self.do(renegotiate, ask)

    @rule(data=st.data(), shown=st.booleans())
    def the_customer_lets_us_off(self, data: st.DataObject, shown: bool) -> None:
        promise_id, evidence = self.promise_id(data), self.evidence(data) if shown else None
        ask = WithdrawPromise(promise_id=promise_id, by="ana", words="never mind", evidence=evidence)
        self.do(withdraw_promise, ask)

    @rule(whom=st.sampled_from(["customer", "internal"]), hours=st.one_of(st.none(), st.integers(1, 200)))
    def somebody_is_waited_for(self, whom: Any, hours: int | None) -> None:
        until = None if hours is None else self.life.now + timedelta(hours=hours)
        self.do(wait, Wait(by="ana", waiting_for=whom, until=until))

    @rule()
    def we_go_on(self) -> None:
        self.do(go_on, Resume(by="ana"))

    @rule()
    def it_is_resolved(self) -> None:
        self.do(resolve, Resolve(response_id=self.new("r"), by="ana", outcome="upheld", text="done"))

    @rule(answer=st.sampled_from(["yes", "no", "declined"]))
    def the_customer_is_asked(self, answer: Any) -> None:
        self.do(verify_by_link, Verify(answer=answer, via="link"))

    @rule()
    def it_is_closed(self) -> None:
        self.do(close_case, Close(by="ana"))

    @rule()
    def it_is_reopened(self) -> None:
        self.do(reopen, Reopen(by="ana", reason="new_fact"))
