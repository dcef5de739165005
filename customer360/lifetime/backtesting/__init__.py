"""Backtests: what the models would have said at past days, against what followed."""
