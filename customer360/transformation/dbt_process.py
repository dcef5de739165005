"""dbt as the pipeline starts it: `python -m customer360.transformation.dbt_process build …`.

dbt makes objects by the hundred thousand that live as long as it does, and Python's collector looks
through all of them again and again: a tenth of a short run. So it looks less often here.
"""

import gc

_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS = 200_000, 50, 1_000

if __name__ == "__main__":
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_RUNS, _OLD_RUNS)
    from dbt.cli.main import cli

    cli()
