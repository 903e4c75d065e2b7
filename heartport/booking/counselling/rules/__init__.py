"""Pure decisions about counselling."""
