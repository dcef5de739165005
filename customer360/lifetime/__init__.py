"""Lifetime models: when customers buy again, whether they still will, and what that is worth."""
