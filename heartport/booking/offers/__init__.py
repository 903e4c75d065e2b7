"""Personal offers: a place or a time that became free is kept for the next in line, for a while."""
