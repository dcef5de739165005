"""Texts without the passwords that URLs and connection strings carry."""

import re

_IN_URL = re.compile(r"(://[^:/@\s]*):[^@\s]+@")
_IN_CONNECTION_STRING = re.compile(r"(password\s*=\s*)('[^']*'|\S+)", re.IGNORECASE)


def redacted(text: str) -> str:
    """Return the text with *** in place of each password."""
    return _IN_CONNECTION_STRING.sub(r"\1***", _IN_URL.sub(r"\1:***@", text))
