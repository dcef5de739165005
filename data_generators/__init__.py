"""Synthetic source systems: true people first, then what each system saw of them, then defects.

`generate.generate(config)` writes `landing/` (files as the systems deliver them) and `truth/` (who
is who, what they really bought, every injected defect). Truth is for tests and is never loaded.
"""
