"""Superset over the published warehouse: an environment, a home and processes of its own."""
