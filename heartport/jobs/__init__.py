"""The clock: which use case runs by itself, and when; the only room that knows APScheduler."""
