"""Taking a scale: the shelf, drafts, submission, flags and the crisis card, sealed results, how each was counted."""
