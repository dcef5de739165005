"""### Make sample data: what the fictional company's systems would deliver

**Owner:** customer360 · **Starts:** by hand ·
**Tells:** `ingest_landing_files`, by the asset `c360_landing_files`

Writes landing files of made-up people, with named defects, and beside them `truth/`, which is
never loaded. The same parameters always write the same bytes, so running it again adds nothing
that a load has not seen.

**When it is red** the log says which parameter is out of range, or that the disk is full. Nothing
downstream has started.
"""

from typing import Any

from airflow.sdk import Param, dag, task
from c360_wiring import DAG_DEFAULTS, LANDING_FILES

PARAMS = {
    "customers": Param(5000, type="integer", minimum=1, description="Customer records to make."),
    "seed": Param(42, type="integer", minimum=0, description="Same seed, same files."),
    "start": Param("2024-01-01", type="string", format="date", description="First day."),
    "end": Param("2025-12-31", type="string", format="date", description="Last day."),
    "days": Param(
        0, type="integer", minimum=0, description="So many of the last days come one file a day."
    ),
}


@task(outlets=[LANDING_FILES])
def generate_files(params: dict[str, Any]) -> None:
    """Write the landing and truth files below the data directory."""
    from datetime import date

    from customer360.settings import get_settings
    from data_generators.config import GeneratorConfig
    from data_generators.generate import generate

    generate(
        GeneratorConfig(
            customers=params["customers"],
            seed=params["seed"],
            start=date.fromisoformat(params["start"]),
            end=date.fromisoformat(params["end"]),
            days=params["days"],
            output=get_settings().data_dir,
        )
    )


@dag(schedule=None, params=PARAMS, doc_md=__doc__, **DAG_DEFAULTS)
def generate_sample_data() -> None:
    """Wire: one task."""
    generate_files()  # Airflow passes `params`


generate_sample_data()
