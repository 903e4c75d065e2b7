"""The demonstration: people to sign in as, and a walk through the main job over HTTP."""
