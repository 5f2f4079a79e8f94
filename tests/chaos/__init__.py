"""Kills the parts of a whole system at random, under load, and counts what got lost: `python -m tests.chaos`."""
