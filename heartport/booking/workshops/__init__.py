"""Workshops: a unit asks for a topic, a facilitator is proposed and held, the unit confirms, it takes place."""
