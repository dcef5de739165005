"""dbt as the pipeline starts it: `python -m customer360.transformation.dbt_process build …`.

dbt makes objects by the hundred thousand that live as long as it does. Python's collector looks
through all of them again and again, a tenth of a short run, so it looks less often here; and at the
end Python would free them one by one for another 0.7 s, so the process ends without.
"""

import gc
import logging
import os
import sys
import time
from pathlib import Path

_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS = 200_000, 50, 1_000


def tell_catalogue(invocation_started: float) -> None:
    """Send OpenLineage events where C360_OPENLINEAGE_URL says so; no failure of it is dbt's."""
    url = os.environ.get("C360_OPENLINEAGE_URL")
    if not url:
        return
    try:
        from customer360.transformation.openlineage_events import emit_events  # noqa: PLC0415

        emit_events(url, Path.cwd(), Path(os.environ["DBT_TARGET_PATH"]), invocation_started)
    except Exception as error:
        sys.stderr.write(f"The OpenLineage events were not sent: {type(error).__name__}\n")


if __name__ == "__main__":
    started = time.time()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS)
    from dbt.cli.main import cli

    exit_code: object = 0
    try:
        cli()
    except SystemExit as end:
        exit_code = end.code
    tell_catalogue(started)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code if isinstance(exit_code, int) else 1)
