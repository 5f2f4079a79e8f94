"""What is known of a customer is told by their complaints, whatever goes wrong with others: on a real log and store."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.intake import telling
from services.intake.customers import TO_TELL
from services.intake.main import BLUEPRINT
from shared.clock import real_now
from shared.settings import Settings
from tests.integration.test_intake_joining import complain, shown
from tests.support.log import Log
from tests.support.running import Running, service

pytestmark = pytest.mark.servers


@pytest.fixture
async def intake(log: Log, settings: Settings) -> AsyncIterator[Running]:
    """Intake, running."""
    del log
    async with service(BLUEPRINT, settings) as running:
        yield running


async def change(intake: Running, complaint_id: str, *, mark: bool = True) -> str:
    """The customer of this complaint changes, and nobody has told it yet; the customer's id."""
    customer = str((await shown(intake, complaint_id))["customer_id"])
    values = {"address_form": "informal"} | ({TO_TELL: real_now()} if mark else {})
    update = {"$set": values, "$inc": {"version": 1}}
    await intake.runtime.desk.database["customers"].update_one({"_id": customer}, update)
    return customer


async def says(intake: Running, complaint_id: str) -> int:
    """How often the complaint said that its customer changed."""
    told = [entry["type"] for entry in (await shown(intake, complaint_id))["timeline"]]
    return told.count("customer.changed")


async def test_customers_who_are_told_already_keep_nobody_waiting(intake: Running, log: Log) -> None:
    one = await complain(intake, "Kettle")
    before = real_now() - timedelta(seconds=1)
    told = [{"_id": f"c{n}", "identities": [f"n:{n}"], "version": 2, TO_TELL: before} for n in range(250)]
    await intake.runtime.desk.database["customers"].insert_many(told)
    await change(intake, one)
    assert (await log.until("customer.changed", one))[0].data.customer.address_form == "informal"


async def test_a_complaint_or_a_customer_that_cannot_be_read_keeps_nobody_waiting(intake: Running, log: Log) -> None:
    one, broken = await complain(intake, "Kettle"), await complain(intake, "Lamp")
    theirs = await complain(intake, "Toaster", complainant={"email": "leo@example.org"})
    desk = intake.runtime.desk
    unreadable = {"_id": "a", "identities": ["a"], "version": 2, TO_TELL: real_now(), "address_form": "rude"}
    await desk.database["customers"].insert_one(unreadable)
    behind = {"received": {"customer_id": "a", "historical": False}}
    await desk.documents.insert_one({"_id": "of-a", "version": 1, "state": behind})
    await desk.documents.update_one({"_id": broken}, {"$set": {"state.status": "nonsense"}})
    await change(intake, one)
    await log.until("customer.changed", one)
    await change(intake, theirs)
    await log.until("customer.changed", theirs)


async def test_as_many_are_told_at_once_as_are_asked_for(intake: Running) -> None:
    names = [await complain(intake, f"Kettle {number}") for number in range(3)]
    customer = await change(intake, names[0], mark=False)
    await telling.tell(intake.runtime.desk, customer, at_most=2)
    assert [await says(intake, name) for name in names] == [0, 1, 1]
