"""What landing files say about people, read without the pipeline: whose a row is, what it names."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

# Where a feed says whose a row is: the system whose ids these are, if all its rows are of one, and
# the column.
WHOSE = {
    "consent/consent_events": ("", "customer_id"),
    "dealership/customers": ("dealership", "customer_id"),
    "dealership/service_records": ("dealership", "customer_id"),
    "dealership/vehicle_sales": ("dealership", "customer_id"),
    "digital/events": ("shop", "customer_id"),
    "dynamics/contacts": ("dynamics", "contactid"),
    "external_customers": ("", "source_id"),
    "external_transactions": ("", "customer_id"),
    "loyalty/loyalty_accounts": ("loyalty", "loyalty_id"),
    "loyalty/loyalty_transactions": ("loyalty", "loyalty_id"),
    "marketing/campaign_sessions": ("shop", "customer_id"),
    "marketing/shopping_behaviour": ("shop", "customer_id"),
    "retail_api/customers": ("retail_api", "customer_id"),
    "retail_api/transactions": ("retail_api", "customer_id"),
    "salesforce/contacts": ("salesforce", "Id"),
    "salesforce/opportunities": ("salesforce", "ContactId"),
    "shop/customers": ("shop", "customer_id"),
    "shop/online_transactions": ("shop", "customer_id"),
    "stores/instore_transactions": ("shop", "customer_id"),
    "support/service_interactions": ("shop", "customer_id"),
}
# Ids of people and of what one person did, addresses, numbers; not of goods, shops and places.
_NAMING = re.compile(
    r"(customer_|source_|contact|order_|session_|event_|device_|return_|sale_|service_)?id"
    r"|(interaction|transaction|loyalty|loyalty_transaction)_id|full_name|(trade_in_)?vin"
    r"|email(address1)?|(tele)?phone1?|address|(mailingaddress_)?street|address1_line1",
    re.IGNORECASE,
)
_LEAST_LENGTH = 6  # shorter ones are numbers that mean something else elsewhere


@dataclass(frozen=True, eq=False)
class Row:
    """A delivered row: the key of the record it belongs to, if it says so, and its cells."""

    key: str | None
    cells: dict[str, str]

    @cached_property
    def names(self) -> set[str]:
        """Ids, addresses, numbers and whole names, in lower case."""
        cells = {name: value.strip().lower() for name, value in self.cells.items()}
        found = {value for name, value in cells.items() if _NAMING.fullmatch(name)}
        return {value for value in found | _whole_names(cells) if len(value) >= _LEAST_LENGTH}


def delivered_rows(landing: Path) -> Iterator[Row]:
    """Yield every row of every file that can be read."""
    for path in sorted(landing.rglob("*")):
        folder = path.parent.relative_to(landing).as_posix()
        for cells in _cells_of(path) if path.is_file() else ():
            yield Row(_key(folder, cells), cells)


def names_of(rows: list[Row], keys: set[str]) -> set[str]:
    """Return what names the owner of these records, and in no other row anybody else.

    A row that does not say whose it is belongs to whom alone it names: a return names an order, an
    event a mailbox or a device.
    """
    known = {row.key for row in rows if row.key is not None}
    mine = _all_names(row for row in rows if row.key in keys)
    foreign = _all_names(row for row in rows if row.key in known - keys)
    unsaid = [row for row in rows if row.key is None]
    while theirs := [
        row for row in unsaid if row.names & (mine - foreign) and not row.names & foreign
    ]:
        mine |= _all_names(theirs)
        found = set(theirs)
        unsaid = [row for row in unsaid if row not in found]
    return mine - foreign - _all_names(unsaid)


def _all_names(rows: Iterable[Row]) -> set[str]:
    return set().union(*(row.names for row in rows))


def _whole_names(cells: dict[str, str]) -> set[str]:
    first = cells.get("first_name") or cells.get("firstname") or ""
    last = cells.get("last_name") or cells.get("lastname") or ""
    return {f"{first},{last}"} if first and last else set()


def _key(folder: str, cells: dict[str, str]) -> str | None:
    system, column = WHOSE.get(folder, ("", ""))
    value = cells.get(column, "").strip()
    if not value:
        return None
    named = cells.get("source") or cells.get("source_system") or ""
    return f"{system or named.strip().lower()}:{value}"


def _cells_of(path: Path) -> Iterator[dict[str, str]]:
    if path.suffix == ".parquet":
        records = pd.read_parquet(path).to_dict("records")
    elif path.suffix == ".ndjson":
        records = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    elif path.suffix == ".json":
        records = json.loads(path.read_text())
    else:
        records = list(csv.DictReader(io.StringIO(path.read_text())))
    for record in records:
        yield dict(_flat(record))


def _flat(record: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{name}_")
        elif value is not None and name is not None:
            yield f"{prefix}{name}", str(value)
