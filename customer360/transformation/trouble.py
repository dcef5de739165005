"""Tell a dbt failure that may pass, as the database was away, from one that would come again."""

from customer360.transformation.dbt_runner import DbtFailed

# What libpq and the server say when the connection, not the query, is at fault.
_SIGNS = (
    "could not connect to server",
    "connection to server",
    "server closed the connection",
    "ssl connection has been closed",
    "terminating connection",
    "the database system is",
    "too many clients",
    "no space left on device",
    "deadlock detected",
)


class DatabaseTroubleError(Exception):
    """dbt failed because the database was away, full or busy; trying again may help."""


def raise_database_trouble(failure: DbtFailed) -> None:
    """Raise DatabaseTroubleError if one of the problems is the database's; else return.

    dbt hands errors on as text, so the text is all there is to tell by.
    """
    for problem in failure.problems:
        if any(sign in problem.lower() for sign in _SIGNS):
            raise DatabaseTroubleError(str(failure)) from failure
