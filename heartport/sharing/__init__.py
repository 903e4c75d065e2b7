"""From a result to a conversation: what is shared for an appointment, and scales that a counsellor opens for it."""
