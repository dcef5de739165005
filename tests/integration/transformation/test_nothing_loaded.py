"""A build of an empty warehouse ends with what happened, where, and what to do."""

import pytest

from customer360.database.connection import connect
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed, run_dbt


def test_build_of_nothing_says_that_files_must_be_loaded_first(database: Settings) -> None:
    dates = "create table intermediate.int_business_dates_unioned (business_date date)"
    with connect(database, role="c360_transformer") as connection, connection:
        connection.cursor().execute(dates)
    with pytest.raises(DbtFailed) as failed:
        run_dbt(database, ["run", "--select", "int_as_of_date_resolved"], "empty")
    (problem,) = failed.value.problems
    assert "model int_as_of_date_resolved (" in problem
    assert "Load files first (`customer360 load`" in problem
