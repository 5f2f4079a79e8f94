"""What every service stands on: events, clock, calendars, store, log, HTTP and metrics. Imports no service."""
