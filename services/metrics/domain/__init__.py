"""What metrics makes of the log: facts about each complaint, increments of totals, and reports. Pure."""
