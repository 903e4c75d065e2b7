"""Pure decisions about workshops: states, wishes, matching, entitlement and the smallest group."""
