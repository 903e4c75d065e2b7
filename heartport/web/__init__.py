"""Matters of all routes: who is calling, roles, error answers, paging, idempotency, limits, request ids."""
