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


def _main() -> int:
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS)
    from dbt.cli.main import cli

    try:
        cli()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    exit_code = _main()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
