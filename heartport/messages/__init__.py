"""Messages: what a person is told about their bookings, in the app at once and through WeChat when it is sent."""
