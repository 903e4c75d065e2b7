"""The export of a period: what took place and what is planned, as a table for the service's own planning."""
