"""What counts as blank in a key: what dbt's `clean_text` takes away, no more and no less.

Staging knows a row by its cleaned key. A key that is blank there and not here would be a row that
is loaded and then in no table; tests/integration/landing/test_blanks.py holds the two together.
"""

# Unicode's White_Space, whatever the database's locale takes for space, and two without width.
BLANKS = (
    "\t\n\v\f\r \u0085\u00a0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\u200b\ufeff"  # zero-width space, byte-order mark
)


def is_blank(text: str) -> bool:
    """Tell whether a text is empty or holds nothing but blanks."""
    return not text.strip(BLANKS)
