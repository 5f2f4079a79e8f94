"""How a file of complaints becomes lines for intake's batch: rows, maps, lines, and who carries them there."""
