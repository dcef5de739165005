"""Trouble that a person can mend: the command line shows these as sentences, not as tracebacks."""


class ConfigurationError(ValueError):
    """A setting cannot work as it is; the message says which, why, and what to set instead."""


class EmbeddedServerError(RuntimeError):
    """The embedded server did not start."""
