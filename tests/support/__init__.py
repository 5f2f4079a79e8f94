"""What tests share: the log, services running in the test's own loop, waiting for a state, a small service."""
