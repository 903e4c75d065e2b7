"""Pure decisions about open lectures."""
