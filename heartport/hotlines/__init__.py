"""Hotlines and hospital clinics: whom a person can call now, in which order, and how sure we are of it."""
