"""A warehouse for tests of the marts: files in, dbt over them, tables out as data frames."""

from dataclasses import dataclass

import pandas as pd

from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.landing.loader import load_file
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt, target_dir


@dataclass(frozen=True)
class Warehouse:
    """One database with everything in it."""

    settings: Settings

    @property
    def database(self) -> str:
        """Name of the database."""
        with connect(self.settings) as connection:
            return connection.info.dbname

    def load(self) -> None:
        """Load every file of the landing directory; each must be accepted."""
        ensure_database(self.settings)
        for path in sorted(p for p in self.settings.landing_dir.rglob("*") if p.is_file()):
            result = load_file(self.settings, path)
            assert result.status == "loaded", result.message

    def build(self, *selection: str, as_of_date: str | None = None) -> None:
        """Build and test what is selected, by default all; unit tests do not depend on the data."""
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        if selection:
            arguments += ["--select", *selection]
        variables = {"as_of_date": as_of_date} if as_of_date else None
        run_dbt(self.settings, arguments, "tests", variables=variables)

    def frame(self, query: str) -> pd.DataFrame:
        """Return what a query finds; amounts stay exact (Decimal)."""
        with connect(self.settings) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            names = [column.name for column in cursor.description or ()]
            return pd.DataFrame(cursor.fetchall(), columns=names)

    def compiled_tests(self, folder: str) -> dict[str, str]:
        """Return the SQL of the singular tests in a folder under dbt's tests, by name."""
        run_dbt(self.settings, ["compile", "--select", f"path:tests/{folder}"], "tests")
        directory = target_dir(self.settings) / "compiled" / "customer360" / "tests" / folder
        return {path.stem: path.read_text() for path in directory.glob("*.sql")}
