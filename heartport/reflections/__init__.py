"""Self-reflections (自我梳理): questions of our own with advice for each answer; no score, no band, no statistics."""
