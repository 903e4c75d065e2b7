"""Open lectures: limited seats, a quota for each unit, a waiting list, check-in at the door, unlinked feedback."""
