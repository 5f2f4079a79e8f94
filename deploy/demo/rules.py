"""What the demo's house holds itself to, set over routing's API before anybody complains."""

from datetime import timedelta
from math import ceil
from typing import Any, Final

from deploy.demo.services import Services

_ROOM: Final = 20.0
"""Real seconds that a customer has at least, before silence closes the complaint."""
_LIMITS: Final = {"agent": "20.00", "manager": "200.00", "head of customer care": "1000.00"}
"""What each role may give a customer alone."""


def euros(value: str) -> dict[str, Any]:
    """An amount."""
    return {"value": value, "currency": "EUR"}


def silence(services: Services) -> timedelta:
    """So long after its result a complaint closes by itself: soon, or a short demo would not see it."""
    return timedelta(days=ceil(services.product(_ROOM) / timedelta(days=1)))


async def set_rules(services: Services) -> None:
    """The policy and the limits hold, and follow-up has heard of them."""
    limits = {role: euros(limit) for role, limit in _LIMITS.items()}
    policy = {"close_after_days": silence(services).days, "new_customer_cost": euros("150.00")}
    await services.change("/v1/policies/default", **policy, compensation_limits=limits)
    await _heard(services)


async def _heard(services: Services) -> None:
    """Reference data are heard in their order: who knows a key that was made after them knows them."""
    ask = {"owner": "demo", "scopes": ["cases:read"]}
    key = await services.post("routing", "/v1/keys", ask)
    while not await services.opens(str(key["key"]), "followup", "/v1/cases"):
        await services.until(services.now() + services.product(0.1))
