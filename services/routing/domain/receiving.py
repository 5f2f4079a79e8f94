"""A complaint comes in: it is read, it has deadlines and a team, and an agent if one is free. Pure."""

from datetime import datetime

from services.routing.domain.assignment import Assignment, rank
from services.routing.domain.duties import Duties, duties, rulebook
from services.routing.domain.legal import Concerned
from services.routing.domain.targets import Measured
from services.routing.domain.teams import AROUND_THE_CLOCK_CALENDAR, team_for
from services.routing.domain.triage import Reading, read
from services.routing.domain.world import World
from shared.decision import Decision
from shared.events import Event
from shared.events.intake import ComplaintReceived
from shared.events.reference import DEFAULT_POLICY, Policy, Reference
from shared.events.routing import ComplaintAssigned, ComplaintTriaged, PolicyVersion
from shared.events.values import Deadlines


def calendar_of(policy: Policy, team: str, reference: Reference) -> str:
    """The id of the calendar in which business time is counted: the policy's own, else the team's."""
    known = reference.teams.get(team)
    return policy.calendar or (known.calendar if known else AROUND_THE_CLOCK_CALENDAR)


def on_received(
    _: Assignment | None, event: Event[ComplaintReceived], *, now: datetime, world: World
) -> Decision[Assignment]:
    """Category, team and deadlines are one decision: triaged, then assigned.

    A historical complaint is triaged, without deadlines, and stands in no queue.
    """
    said = event.data
    reading = world.readings.get(event.complaint_id) or read(said, world.rules)
    team, team_why = team_for(said.product, reading.language, said.about, world.reference.teams)
    fresh = _new(said, reading, team, now, world)
    if said.historical:
        case = fresh.but(why=(*reading.why, "historical: no deadlines, no assignment"))
        return Decision(case, [triaged(case)])
    grant = world.grant(event.complaint_id)
    case = fresh.but(team=team).with_agent(grant.agent, grant.turn, at=now, why=(*team_why, *grant.why))
    return Decision(case, [triaged(case), assigned(case)])


def complainants(said: ComplaintReceived) -> tuple[str, ...]:
    """Agent ids that who speaks, and for whom, may go by. Our people are known by no phone."""
    people = (said.complainant, *((said.on_behalf_of,) if said.on_behalf_of else ()))
    return tuple(known.casefold() for person in people for known in (person.external_id, person.email) if known)


def _new(said: ComplaintReceived, reading: Reading, team: str, now: datetime, world: World) -> Assignment:
    reference, person = world.reference, said.complainant
    policy, version = reference.policy()
    calendar = calendar_of(policy, team, reference)
    due = Duties(Deadlines(), (), ())
    if not said.historical:
        book = rulebook(reference, DEFAULT_POLICY, calendar, world.laws)
        measured = Measured(said.channel, reading.category, reading.priority)
        due = duties(book, measured, Concerned(said.kind, said.started_at, person.anonymous))
    accuses = said.about and said.customer_id is not None and said.kind != "praise"
    return Assignment(
        number=said.number,
        customer_id=said.customer_id,
        kind=said.kind,
        channel=said.channel,
        product=said.product,
        language=reading.language,
        category=reading.category,
        severity=reading.severity,
        priority=reading.priority,
        priority_rank=rank(reading.priority),
        treatment=reading.treatment,
        started_at=said.started_at,
        received_at=said.received_at,
        historical=said.historical,
        anonymous=person.anonymous,
        angry=reading.angry,
        about=said.about,
        complainant=complainants(said),
        accusing=now if accuses and not said.historical else None,
        why=(*reading.why, *due.why),
        policy=PolicyVersion(id=DEFAULT_POLICY, version=version),
        calendar=calendar,
        calendar_version=reference.calendar_version(calendar),
        team_version=reference.versions.get(("team", team), 0),
        deadlines=due.deadlines,
        legal_clocks=due.legal_clocks,
        legal_calendar=policy.legal_calendar,
        legal_calendar_version=reference.calendar_version(policy.legal_calendar or ""),
    )


def triaged(case: Assignment, *, again: bool = False) -> ComplaintTriaged:
    """How the complaint is read from now on, as an event."""
    return ComplaintTriaged(
        category=case.category,
        severity=case.severity,
        priority=case.priority,
        language=case.language,
        treatment=case.treatment,
        policy=case.policy,
        calendar=case.calendar,
        deadlines=case.deadlines,
        legal_clocks=case.legal_clocks,
        why=case.why,
        again=again,
        historical=case.historical,
        cycle=case.cycle,
    )


def assigned(case: Assignment, *, moved: tuple[str, ...] = ()) -> ComplaintAssigned:
    """With whom the complaint stands from now on, as an event."""
    return ComplaintAssigned(
        team=case.team or "",
        agent=case.agent,
        calendar=case.calendar,
        deadlines=case.deadlines,
        legal_clocks=case.legal_clocks,
        why=case.assigned_why,
        moved=moved,
        cycle=case.cycle,
    )
