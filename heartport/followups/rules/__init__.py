"""Pure decisions about call-backs."""
