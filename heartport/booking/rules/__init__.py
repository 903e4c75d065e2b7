"""Pure decisions of the calendar: the grid, kinds of days, openings, and which state follows which."""
