"""What `format` means in our schemas; the validator knows it for dates alone."""

from datetime import datetime

import jsonschema

from shared.events.values import to_instant


def formats() -> jsonschema.FormatChecker:
    """Checks dates, and instants as we take them."""
    checker = jsonschema.FormatChecker(["date"])

    def is_instant(text: object) -> bool:
        return bool(to_instant(datetime.fromisoformat(str(text))))

    checker.checks("date-time", raises=ValueError)(is_instant)
    return checker
