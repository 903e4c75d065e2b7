"""Pure decisions about aggregates: what counts, which blocks, how much noise, and how sure a figure is."""
