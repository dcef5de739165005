"""Make the warehouse's and Airflow's own database ready before any Airflow process starts."""

import subprocess

from customer360.database.initialise import create_database
from customer360.database.setup import ensure_database
from customer360.settings import get_settings
from customer360.transformation.model_graph import publish_manifest


def main() -> None:
    """Apply sql/init, create Airflow's database and migrate it; all of it may run again."""
    settings = get_settings()
    ensure_database(settings)
    create_database(settings, "airflow")
    if settings.dbt_tasks == "models":
        publish_manifest(settings)
    subprocess.run(["airflow", "db", "migrate"], check=True)  # noqa: S607 - the image's own PATH


if __name__ == "__main__":
    main()
