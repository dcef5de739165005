"""What the seed says feeds of customers have no field for is what their contracts lack."""

import csv
from typing import Any

from customer360.settings import PROJECT_DIR

SEED = PROJECT_DIR / "dbt_project/seeds/reference/absent_customer_fields.csv"
# How contracts call the field.
NAMES = {"phone": {"phone", "telephone1"}}


def customer_feeds(nodes: dict[str, Any]) -> dict[str, set[str]]:
    """Return the columns of the contract of every feed whose records are customers."""
    (union,) = (node for node in nodes.values() if node["name"] == "int_customer_rows_unioned")
    return {
        f"{source['source_name']}.{source['name']}": set(source["columns"])
        for model in union["depends_on"]["nodes"]
        for source in (nodes[key] for key in nodes[model]["depends_on"]["nodes"])
        if source["resource_type"] == "source"
    }


def test_seed_lists_what_contracts_lack(nodes: dict[str, Any]) -> None:
    with SEED.open(encoding="utf-8", newline="") as file:
        listed = {(row["feed"], row["field_name"]) for row in csv.DictReader(file)}
    feeds = customer_feeds(nodes)
    assert len(feeds) >= 7
    assert listed == {
        (feed, field)
        for feed, columns in feeds.items()
        for field, names in NAMES.items()
        if not columns & names
    }
