"""A Postgres server for one benchmark, gone with all its data when that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from customer360.database import embedded
from customer360.settings import Settings


@contextmanager
def own_server() -> Iterator[Settings]:
    """Yield settings of a new data directory; what is started in it is stopped in the end.

    Raises:
        SystemExit: where a server is configured, which the benchmark would fill.
    """
    with TemporaryDirectory(prefix="c360-bench-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)  # the server may run as another user
        settings = Settings(data_dir=Path(directory))
        if not settings.uses_embedded_server:
            raise SystemExit("The benchmark would fill your database: unset C360_DATABASE_URL.")
        try:
            yield settings
        finally:
            embedded.stop(settings.data_dir)
