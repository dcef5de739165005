"""`customer360 privacy …`: what it prints and how it ends."""

import json

from psycopg2.errors import UndefinedTable
from rich.console import Console

from customer360.privacy.access import everything_held
from customer360.privacy.erasure import erase
from customer360.privacy.subject import UnknownCustomer
from customer360.privacy.tombstones import WrongKey
from customer360.settings import Settings
from customer360.transformation.build import BuildBusy

EXIT_FAILED = 1


def export_customer(settings: Settings, console: Console, customer_id: str) -> int:
    """Print what is held of a customer as JSON; return the exit code."""
    try:
        held = everything_held(settings, customer_id)
    except UnknownCustomer as error:
        return _complain(console, str(error))
    except UndefinedTable as error:
        return _complain(console, _not_built(error))
    console.print_json(json.dumps(held, ensure_ascii=False, default=str))
    return 0


def erase_customer(
    settings: Settings, console: Console, customer_id: str, *, requested_by: str, reason: str
) -> int:
    """Erase a customer and say what was removed; return the exit code."""
    try:
        erasure = erase(settings, customer_id, requested_by=requested_by, reason=reason)
    except (UnknownCustomer, WrongKey, BuildBusy) as error:
        return _complain(console, str(error))
    except UndefinedTable as error:
        return _complain(console, _not_built(error))
    rows = sum(erasure.rows_by_table.values())
    console.print(
        f"Erased {rows:,} rows of {len(erasure.rows_by_table)} tables (ops.erasures, "
        f"{erasure.erasure_id}). Totals are right after `customer360 build` and `publish`; "
        "extracts were removed: `customer360 export` writes them again.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 0


def _not_built(error: UndefinedTable) -> str:
    missing = (error.diag.message_primary or str(error)).strip()
    return (
        f"Nobody can be looked up yet, and nothing was erased: {missing}. `customer360 load` makes "
        "the tables of raw, and `customer360 build` says which records are one customer; then try "
        "again."
    )


def _complain(console: Console, message: str) -> int:
    console.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return EXIT_FAILED
