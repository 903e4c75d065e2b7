"""Case records: what a counsellor must write down about an appointment, sealed, and who opened it when."""
