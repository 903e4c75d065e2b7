"""心港 HeartPort: mental-health self-service for employees, run by a city's trade-union federation."""
