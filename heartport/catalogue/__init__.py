"""The catalogue of workshops: themes and their topics, and which qualifications each topic asks of who leads it."""
