"""The rules of follow-up: how a customer is answered, what was promised, and how a complaint ends. Pure."""
