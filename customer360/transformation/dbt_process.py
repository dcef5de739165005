"""dbt as the pipeline starts it: `python -m customer360.transformation.dbt_process build …`.

dbt makes objects by the hundred thousand that live as long as it does. Python's collector looks
through all of them again and again, a tenth of a short run, so it looks less often here; and at the
end Python would free them one by one for another 0.7 s, so the process ends without.
"""

import gc
import logging
import os
import sys

_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS = 200_000, 50, 1_000


if __name__ == "__main__":
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS)
    from dbt.cli.main import cli

    exit_code: object = 0
    try:
        cli()
    except SystemExit as end:
        exit_code = end.code
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code if isinstance(exit_code, int) else 1)
