"""How Superset is served; where, says the command line."""

import gc
import os

# A dashboard asks for a dozen charts at once, and making the answers up takes Python most of the
# time, one thread at a time: so there are as many processes as cores, within memory (0.3 GB each).
workers = min(4, os.cpu_count() or 1)
worker_class = "gthread"
threads = 8
timeout = 120


def post_worker_init(worker: object) -> None:  # noqa: ARG001 - gunicorn passes it
    """Leave what the start has made out of every later search for garbage: it stays."""
    gc.collect()
    gc.freeze()
