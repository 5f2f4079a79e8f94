"""Speed, measured beside something bare. `python -m tests.bench` runs all of it; nothing here is asserted in a test."""
