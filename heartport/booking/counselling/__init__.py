"""Counselling: an employee books a counsellor's free hour, on their own initiative, and no unit ever learns of it."""
