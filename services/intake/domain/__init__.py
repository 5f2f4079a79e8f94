"""What intake knows about complaints, and the rules by which they come in. Pure."""

from services.intake.domain.commands import report_delivery, withdraw
from services.intake.domain.complaint import Complaint
from services.intake.domain.hearing import REACTIONS
from services.intake.domain.messages import add_message
from services.intake.domain.receiving import Order, check, customer_of, receive
from services.intake.domain.told import Told

__all__ = [
    "REACTIONS",
    "Complaint",
    "Order",
    "Told",
    "add_message",
    "check",
    "customer_of",
    "receive",
    "report_delivery",
    "withdraw",
]
