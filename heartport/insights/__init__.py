"""Insights: anonymised aggregates, sealed once a half-year; the only room that reads across others, and only reads."""
