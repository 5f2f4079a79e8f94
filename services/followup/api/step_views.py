"""What the seven steps have left in a case, as it is shown."""

from services.followup.domain.case import Case
from services.followup.domain.compensation import CompensationView, viewed
from services.followup.domain.facts import open_questions
from services.followup.domain.step_parts import Absorbed, Offer, Reply, Summary, Survey
from services.followup.domain.subjects import with_barred
from services.followup.domain.world import World
from shared.events.values import AgentId, CustomerFacts
from shared.http import View


class StepsView(View):
    """`open_questions`: key questions that nobody has asked and nobody has answered. `replies`: how messages were read.

    `absorbed`: other complaints that go on inside this one; `related`: those it has to do with. `subjects`: agents who
    own, edit and close nothing here. `customer`: by which channels and in which hours they want to be reached, and how
    addressed; nothing is sent from here, so it binds whoever writes or calls.
    """

    customer: CustomerFacts
    open_questions: tuple[str, ...]
    summary: Summary | None
    solutions: Offer | None
    compensations: tuple[CompensationView, ...]
    survey: Survey | None
    replies: tuple[Reply, ...]
    absorbed: tuple[Absorbed, ...]
    related: tuple[str, ...]
    split_from: str | None
    merged_into: str | None
    subjects: tuple[AgentId, ...]


def steps_of(case: Case, world: World) -> dict[str, object]:
    """The fields of `StepsView`."""
    same = ("customer", "summary", "survey", "replies", "absorbed", "related", "split_from")
    return {
        **{name: getattr(case.steps, name) for name in same},
        "solutions": case.steps.offer,
        "compensations": tuple(viewed(case, each, world) for each in case.steps.compensations),
        "open_questions": open_questions(case, world),
        "merged_into": case.merged_into,
        "subjects": tuple(sorted(with_barred(case, world).subjects)),
    }
