"""Booking: one calendar for workshops, counselling and lectures, in which nobody and no room is booked twice."""
