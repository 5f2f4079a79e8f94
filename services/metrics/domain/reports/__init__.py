"""What the reports say about facts: the truth as known now, seen at an instant. Pure."""
