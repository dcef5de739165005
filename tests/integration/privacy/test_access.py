"""What is held of a customer is shown whole, with where it came from, and nobody else with it."""

import io
import json
import re

from rich.console import Console

from customer360.privacy.access import count_held
from customer360.privacy.commands import erase_customer, export_customer
from customer360.settings import Settings


def test_access_shows_everything_with_its_lineage(shop: Settings) -> None:
    console = Console(record=True, width=400, file=io.StringIO())
    assert export_customer(shop, console, "C-ANN") == 0
    held = json.loads(console.export_text())
    assert held["source_keys"] == ["old crm:X-ANN", "retail_api:R-ANN", "shop:A-77"]
    rows = {table: len(found) for table, found in held["delivered"].items()}
    assert rows == {
        "raw.shop__customers": 2,
        "raw.shop__online_transactions": 1,
        "raw.shop__returns": 1,
        "raw.digital__events": 4,
        "raw.consent__consent_events": 4,
        "raw.retail_api__customers": 1,
        "raw.external__customers": 1,
    }
    first = held["delivered"]["raw.shop__customers"][0]
    assert (first["_file_name"], first["_line"]) == ("shop/customers/customers.csv", 2)
    assert held["derived"]["history.versions"] == [
        {"customer_id": customer_id, "last_name": "LASTNAMEOFANN"}
        for customer_id in ("C-ANN", "C-OLD-ANN")
    ]
    assert held["derived"]["warehouse.customer_consents"] == [
        {"customer_id": "C-ANN", "purpose": "profiling", "state": "granted"}
    ]
    assert [
        (one["kind"], one["left_key"], one["right_key"], one["reason"])
        for one in held["decided"]["ops.identity_decisions"]
    ] == [
        ("unlink", "shop:A-77", "somebody else's", "LASTNAMEOFANN is not Brown"),
        ("undo", None, None, "A-77 called"),
    ]
    assert held["decided"]["identity.customer_id_changes"] == [
        {
            "change_kind": "merged",
            "old_customer_id": "C-OLD-ANN",
            "new_customer_id": "C-ANN",
            "left_key": "shop:A-77",
            "right_key": "retail_api:R-ANN",
        },
        {
            "change_kind": "moved",
            "old_customer_id": "somebody else's",
            "new_customer_id": "C-ANN",
            "left_key": "shop:A-77",
            "right_key": "somebody else's",
        },
    ]
    assert not re.search(r"C-BOB|\bB-1\b|shop:B", json.dumps(held))
    by_former_id = Console(record=True, width=400, file=io.StringIO())
    assert export_customer(shop, by_former_id, "C-OLD-ANN") == 0
    assert json.loads(by_former_id.export_text()) == held
    assert count_held(shop, "C-ANN") == sum(
        len(found) for part in ("delivered", "derived", "decided") for found in held[part].values()
    )
    assert erase_customer(shop, console, "C-ANN", requested_by="r", reason="article 17") == 0
    assert export_customer(shop, console, "C-ANN") == 1
