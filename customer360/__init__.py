"""Customer 360: one trusted row per customer out of many messy systems, in plain Postgres."""
