"""Call-backs: a person asks to be called, and whoever is on duty calls, because the person wished so."""
