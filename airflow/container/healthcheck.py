"""Exit 0 if the health page at a URL answers and calls the named components healthy."""

import json
import sys
from urllib.request import urlopen


def main(url: str, *components: str) -> int:
    """Return 0 if every component is healthy, else 1 after saying what the page said.

    Raises:
        OSError: if nobody answers, or with another status than 200.
    """
    with urlopen(url, timeout=5) as response:  # noqa: S310 - the stack's own addresses
        health = json.load(response) if components else {}
    sick = [name for name in components if health[name]["status"] != "healthy"]
    if sick:
        sys.stderr.write(f"not healthy: {', '.join(sick)}: {health}\n")
    return 1 if sick else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
