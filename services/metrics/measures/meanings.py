"""What each series counts, and what it is easily taken for. One that has no line here fails the check."""

import inspect
from collections.abc import Mapping
from typing import Final, NamedTuple

from services.metrics.domain.handled import steps_done


class Meaning(NamedTuple):
    """`unit` of the value; `counts`: what makes it one more, or what it shows; `trap`: what it is not."""

    unit: str
    counts: str
    trap: str


_FIRST: Final = (
    "Each cycle's earliest valid response by a person, to the customer, once; a reopening's answer is one more. "
    "Without anonymous complaints and history."
)
_RISK: Final = (
    "Reminded of and not checked since, or its owner says so; or it depends on one that is at risk, was not kept, or "
    "is due after it. Not what has no time left and is unnoticed."
)
_STEPS: Final = " ".join((inspect.getdoc(steps_done) or "").split("\n\n")[1:])

TOTALS: Final[Mapping[str, Meaning]] = {
    "palabra_complaints_received": Meaning(
        "complaints",
        "A live complaint was received; the part of a split is one more.",
        "A merge takes none away. A repeat with the same Idempotency-Key is none. History is counted apart.",
    ),
    "palabra_complaints_imported": Meaning(
        "complaints",
        "A historical complaint was taken in from a file.",
        "In no other live series, and in reports only with `historical=only` or `include`.",
    ),
    "palabra_first_response_elapsed_seconds": Meaning(
        "seconds",
        _FIRST,
        "The answered alone: no average of it shows who still waits. A wait whose response failed later stays in it.",
    ),
    "palabra_first_response_business_seconds": Meaning(
        "seconds",
        f"As elapsed, in the working time of the policy or the team. {_FIRST}",
        "Counts less of the night than the customer waited; teams with other hours cannot be compared by it.",
    ),
    "palabra_first_responses": Meaning(
        "first responses",
        f"{_FIRST} Only where a target applies.",
        "No objective by itself: the unanswered are in `palabra_deadlines_overdue_total`. Told of only after its "
        'deadline was counted as overdue, an answer in time is `within_target="false"` here, and in time in reports.',
    ),
    "palabra_first_responses_taken_back": Meaning(
        "first responses",
        "One that was counted turned out not to have reached the customer, under the same labels.",
        "Subtract it; the next valid response counts in its place.",
    ),
    "palabra_deadlines_overdue": Meaning(
        "deadlines",
        "A deadline passed unmet, counted by the timer at that instant, by clock.",
        "`next_response` and `keep_informed` may come several times in a cycle. What is met later stays counted. One "
        "that moved while open counts at its newest instant only.",
    ),
    "palabra_deadlines_overdue_taken_back": Meaning(
        "deadlines",
        "One that was counted as overdue had been met or ended before, as was heard only later; under the same labels.",
        "Subtract it: a counter never falls.",
    ),
    "palabra_promises_made": Meaning(
        "promises",
        "Our word was given: by a person, or by the system in an acknowledgement; `override`: against feasibility.",
        "A renegotiated promise's successor is one more. Found in words, it is none until somebody confirms it.",
    ),
    "palabra_promises_settled": Meaning(
        "promises",
        "It ended, counted once: broken at its due instant by the timer, the others when it is said.",
        "Before corrections: what stands is settled - corrected{from} + corrected{to}. Moved after due it is `broken`.",
    ),
    "palabra_promises_corrected": Meaning(
        "promises",
        "What it had been counted as was wrong: evidence heard of late, or evidence that failed.",
        "Not a new promise, and not a late fulfilment, which stays broken.",
    ),
    "palabra_inner_promises_made": Meaning(
        "promises",
        "Of which a colleague or a team was given our word (`made_to`).",
        "Part of `palabra_promises_made_total`: without them, what remains is our word to customers.",
    ),
    "palabra_inner_promises_settled": Meaning(
        "promises",
        "Of `palabra_promises_settled_total` those to colleagues.",
        "Before corrections, too. A broken one puts what depends on it at risk; it is not yet broken itself.",
    ),
    "palabra_inner_promises_corrected": Meaning(
        "promises",
        "Of `palabra_promises_corrected_total` those to colleagues.",
        "Not a new promise, and not a late fulfilment, which stays broken.",
    ),
    "palabra_complaints_resolved": Meaning(
        "results",
        "A result was given to the customer, by outcome.",
        "Each cycle's: a complaint that is reopened and resolved again counts twice. Not closed, not verified.",
    ),
    "palabra_remedies_compared": Meaning(
        "results",
        "A complaint about a product or a treatment had a result: what was given is what the customer had asked for "
        "(`granted`), that in part (`partly`), something of another kind (`other`), or nothing (`none`).",
        "Compared by kind of remedy and outcome, not by amount or words. `none` is also where nobody wrote down what "
        "was given. Each cycle's result; not what was promised, nor the money in a compensation.",
    ),
    "palabra_complaints_closed": Meaning(
        "closings",
        "It was over, by what the customer said: yes, did not want to say, or silence until the policy's days.",
        "`unverified` is no satisfaction. Closed again after a reopening it counts again.",
    ),
    "palabra_complaints_reopened": Meaning(
        "reopenings",
        "A new cycle began.",
        'Reopenings, not complaints. "Thanks" is none.',
    ),
    "palabra_escalations": Meaning(
        "escalations",
        "Somebody that many levels above the owner was told.",
        "Once for each cause; several causes on one complaint are several.",
    ),
    "palabra_steps": Meaning(
        "steps",
        f"At every closing, once for each of the seven: done by then, or not. {_STEPS}",
        "Nothing that is open is in it, nor what was withdrawn or merged. Step 3 adds up to less than the others. A "
        "second closing counts all again.",
    ),
    "palabra_facts_asked": Meaning(
        "facts",
        "The customer was asked for a fact: for the first time, or `again`.",
        "Facts, not questions or complaints; what the complaint told already is not recognised.",
    ),
}  # fmt: skip

GAUGES: Final[Mapping[str, Meaning]] = {
    "palabra_complaints_unanswered": Meaning(
        "complaints",
        "No valid first response in the running cycle, by age since its start, on the product clock at the scrape.",
        "A bounce brings one back. Not the overdue: the young ones have time left. Without anonymous ones and history.",
    ),
    "palabra_complaints_unanswered_oldest_timestamp_seconds": Meaning(
        "unix seconds",
        "Since when the one waits who waits longest.",
        "No sample when nobody waits: a zero would be 1970.",
    ),
    "palabra_complaints_unassigned": Meaning(
        "complaints",
        "In a team's queue with nobody to answer; `other` before a team is known.",
        "Who has an owner that is away is not in it.",
    ),
    "palabra_promises_open": Meaning(
        "promises",
        "Not settled.",
        "Also those of merged complaints, and of people who are away: they are owed still.",
    ),
    "palabra_promises_at_risk": Meaning("promises", f"Open, and at risk. {_RISK}", "A part of the open ones."),
    "palabra_inner_promises_open": Meaning(
        "promises", "Made to colleagues, and not settled.", "A part of `palabra_promises_open`."
    ),
    "palabra_metrics_as_of_timestamp_seconds": Meaning(
        "unix seconds",
        "The product time of the newest event in the totals.",
        "Old at night, when nothing is said; compare it with `palabra_consumer_lag`. No sample before the first event.",
    ),
}
