"""Duty: the roster of who answers for call-backs and when, with a primary, a backup and a supervisor in each shift."""
