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
from threading import Thread

_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS = 200_000, 50, 1_000
_SECONDS_BETWEEN_LOOKS = 0.2


def end_with(parent: int) -> None:
    """End this process soon after its parent."""
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)


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
    parent = int(os.environ["C360_DBT_PARENT"])
    Thread(target=end_with, args=(parent,), daemon=True, name="end-with-parent").start()
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
