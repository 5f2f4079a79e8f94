"""What intake would say about Ana's complaint."""

from decimal import Decimal
from typing import Final

from shared.events.envelope import Payload
from shared.events.examples.story import AGENT, MANAGER, NINE, NUMBER, OTHER_COMPLAINT, RESPONSE, at
from shared.events.intake import (
    ComplaintAbsorbed,
    ComplaintErased,
    ComplaintLinked,
    ComplaintMerged,
    ComplaintReceived,
    ComplaintReleased,
    ComplaintRematched,
    ComplaintSplit,
    ComplaintUnmerged,
    ComplaintWithdrawn,
    MessageReceived,
    ResponseDelivered,
    ResponseFailed,
)
from shared.events.values import (
    About,
    AbsorbedAnswer,
    Attachment,
    Contact,
    CustomerFacts,
    Money,
    Person,
    RemedySought,
)

EXAMPLES: Final[tuple[Payload, ...]] = (
    ComplaintReceived(
        number=NUMBER,
        channel="phone",
        via="http",
        source_system="shop",
        kind="product",
        category="charged_twice",
        subject="Charged twice",
        text="You took 49.90 from my card twice for the same order, and nobody calls me back.",
        product="card",
        product_reference="order-20260227-118",
        place="Madrid",
        amount_at_stake=Money(value=Decimal("49.90"), currency="EUR"),
        signals=("anger",),
        remedy_sought=RemedySought(kind="refund", words="Give me the second 49.90 back.", anything_else="An apology."),
        about=(About(agent=AGENT, name="Lucía Vega"),),
        complainant=Person(
            name="Ana Ruiz",
            email="ana.ruiz@example.org",
            phone="+34600000001",
            external_id="c-1042",
            language="es",
            address_form="formal",
            time_zone="Europe/Madrid",
        ),
        on_behalf_of=Person(name="Luis Ruiz", role="payer"),
        occurred_at=at(18, 20, day=1),
        customer_contacted_at=at(8, 40),
        received_at=NINE,
        started_at=at(8, 40),
        contact=Contact(id="pbx-77120", ringing_at=at(8, 58), answered_at=at(8, 59), ended_at=NINE, answered_by=AGENT),
        external_reference="crm-5521",
        metadata={"campaign": "spring"},
        attachments=(
            Attachment(
                name="statement.pdf", content_type="application/pdf", size=48_213, url="https://example.org/a/1"
            ),
        ),
        customer_id="019ca000-0000-7a00-8000-000000000001",
        contacts_before=1,
        customer=CustomerFacts(
            survey=True,
            expected_yearly_purchases=240,
            language="es",
            address_form="formal",
            time_zone="Europe/Madrid",
        ),
        split_from=OTHER_COMPLAINT,
    ),
    MessageReceived(
        message_id="019cadd5-1f00-7a3b-8e11-2b7c6d5e4f30",
        channel="email",
        text="I found the statement; both charges are on it.",
        occurred_at=at(9, 14),
        received_at=at(9, 15),
        attachments=(Attachment(name="statement.jpg", content_type="image/jpeg", size=220_140),),
        said_in=OTHER_COMPLAINT,
        signals=("anger",),
    ),
    ComplaintWithdrawn(reason="My bank has sorted it out.", said_at=at(9, 20)),
    ComplaintMerged(into=OTHER_COMPLAINT, by=AGENT),
    ComplaintUnmerged(out_of=OTHER_COMPLAINT, by=AGENT),
    ComplaintAbsorbed(
        absorbed=OTHER_COMPLAINT,
        number="3F7Q-1ZKC",
        started_at=at(8, 40),
        answered_at=at(9, 49),
        answers=(AbsorbedAnswer(reference=f"absorbed/{OTHER_COMPLAINT}/{RESPONSE}", occurred_at=at(9, 49)),),
        about=(About(name="Darío Sanz"),),
        by=AGENT,
    ),
    ComplaintReleased(absorbed=OTHER_COMPLAINT, by=AGENT),
    ComplaintRematched(
        customer_id="019ca000-0000-7a00-8000-000000000002", before="019ca000-0000-7a00-8000-000000000001", by=AGENT
    ),
    ComplaintSplit(parts=("019cae10-2200-7b10-9a00-1c2d3e4f5a6b", "019cae10-2201-7b11-9a01-1c2d3e4f5a6c"), by=AGENT),
    ComplaintLinked(to=OTHER_COMPLAINT, why="the same terminal charged twice", by=AGENT),
    ComplaintErased(by=MANAGER, reason="asked for by the customer"),
    ResponseDelivered(response_id=RESPONSE, occurred_at=at(9, 50)),
    ResponseFailed(response_id=RESPONSE, failure_class="5.1.1", occurred_at=at(9, 51)),
)
