"""HTTP words to a command of follow-up, and back. No rules here."""
