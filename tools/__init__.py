"""Programs that make what the repository ships; the service never imports them."""
