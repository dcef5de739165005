"""The fits that the marts go by: dbt picks them, in int_lifetime_fits_governing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from customer360.database.connection import connect
from customer360.settings import Settings

_FITS = """
    select
        fits.process,
        fits.model,
        fits.fitted_as_of_date,
        fits.reason,
        outcomes.warning,
        coalesce(
            json_object_agg(parameters.parameter, parameters.value)
                filter (where parameters.parameter is not null),
            '{}'
        )
    from intermediate.int_lifetime_fits_governing as fits
    inner join ops.lifetime_fits as outcomes on fits.fit_id = outcomes.fit_id
    left join ops.lifetime_parameters as parameters on fits.fit_id = parameters.fit_id
    group by fits.process, fits.model, fits.fitted_as_of_date, fits.reason, outcomes.warning
"""


class NothingFitted(Exception):  # noqa: N818 - the name says what happened
    """No build has come as far as the models; the message says what to do."""


@dataclass(frozen=True)
class GoverningFit:
    """A fit, or where `reason` says why the data did not support one, none."""

    model: str
    as_of_date: dt.date
    reason: str | None
    warning: str | None
    parameters: Mapping[str, float]


def governing_fits(settings: Settings) -> dict[str, GoverningFit]:
    """Return the governing fit of each process that was ever tried.

    Raises:
        NothingFitted: if there is no such view, as in a database without any build.
    """
    with connect(settings, role="c360_transformer") as connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass('intermediate.int_lifetime_fits_governing')")
        if cursor.fetchone() == (None,):
            raise NothingFitted("No model is fitted yet: run `customer360 build` first.")
        cursor.execute(_FITS)
        return {str(process): GoverningFit(*fit) for process, *fit in cursor.fetchall()}
