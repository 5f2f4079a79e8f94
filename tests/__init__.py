"""The tests: unit, contract, integration, e2e."""
