"""Taking a scale: the shelf, submission, flags and the crisis card, sealed results, a person's own list."""
