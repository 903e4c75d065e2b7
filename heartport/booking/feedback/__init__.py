"""Feedback by one-time token: whoever was there says once how it was, and nobody can say who said what."""
