"""The stores and the partner's retail system: what they deliver adds up to what people did."""

import json
from collections import defaultdict
from decimal import Decimal

import pytest

from data_generators.config import DefectRates, GeneratorConfig
from tests.unit.data_generators.conftest import Generation, Row, made, read

CLEAN = DefectRates(**dict.fromkeys(vars(DefectRates()), 0.0))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """A generation in which nothing is wrong."""
    output = tmp_path_factory.mktemp("clean")
    return made(GeneratorConfig(customers=1_500, seed=11, output=output, defects=CLEAN))


def delivered(generation: Generation, source: str, table: str) -> list[Row]:
    """Return the rows of a csv feed."""
    files = (generation.config.output / "landing" / source / table).iterdir()
    return [row for path in sorted(files) for row in read(path)]


def partners_customers(generation: Generation) -> list[dict[str, object]]:
    """Return the customers as the API delivers them."""
    folder = generation.config.output / "landing" / "retail_api" / "customers"
    (path,) = folder.iterdir()
    customers: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return customers


def spent(generation: Generation, source: str) -> dict[str, Decimal]:
    """Return what the truth says that people spent in a source."""
    rows = generation.truth("purchases", source)
    return {row["person_id"]: Decimal(row["amount"]) for row in rows}


def people(generation: Generation, source: str) -> dict[str, str]:
    """Return the person behind each account of a source."""
    return {row["source_id"]: row["person_id"] for row in generation.truth("records", source)}


def test_receipts_add_up_to_what_people_spent_in_stores(clean: Generation) -> None:
    person = people(clean, "shop")
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in delivered(clean, "stores", "instore_transactions"):
        found[person[row["customer_id"]]] += Decimal(row["amount"])
    assert found == spent(clean, "stores")
    assert len(found) > 100


def test_receipts_name_stores_and_products_that_exist(clean: Generation) -> None:
    stores = {row["store_id"]: row["location"] for row in delivered(clean, "stores", "stores")}
    products = {row["product_id"] for row in delivered(clean, "shop", "products")}
    country = {row["person_id"]: row["country"] for row in clean.truth("people")}
    person = people(clean, "shop")
    located: dict[str, set[str]] = defaultdict(set)
    for row in delivered(clean, "stores", "instore_transactions"):
        assert row["product_id"] in products
        located[country[person[row["customer_id"]]]].add(stores[row["store_id"]])
    assert len(located) == 7
    assert all(len(places) == 1 for places in located.values()), "people shop in their own country"


def test_cards_are_there_before_they_are_shown(clean: Generation) -> None:
    registered = {
        row["customer_id"]: row["created_at"] for row in delivered(clean, "shop", "customers")
    }
    for row in delivered(clean, "stores", "instore_transactions"):
        assert row["transaction_at"][:10] >= registered[row["customer_id"]][:10]


def test_partners_sales_cost_their_list_price(clean: Generation) -> None:
    person = people(clean, "retail_api")
    products = delivered(clean, "retail_api", "products")
    price = {row["product_id"]: Decimal(row["price"]) for row in products}
    stores = {row["store_id"] for row in delivered(clean, "retail_api", "stores")}
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in delivered(clean, "retail_api", "transactions"):
        assert row["store_id"] in stores
        found[person[row["customer_id"]]] += price[row["product_id"]] * int(row["quantity"])
    assert found == spent(clean, "retail_api")
    assert len(found) > 50


def test_the_partner_delivers_an_array_of_customers(clean: Generation) -> None:
    customers = partners_customers(clean)
    person = people(clean, "retail_api")
    names = {row["person_id"]: row for row in clean.truth("people")}
    assert {str(customer["customer_id"]) for customer in customers} == set(person)
    for customer in customers:
        assert isinstance(customer["customer_id"], int)
        who = names[person[str(customer["customer_id"])]]
        assert customer["full_name"] == f"{who['first_name']} {who['last_name']}"


def test_what_is_missing_is_null(whole: Generation) -> None:
    missing = {
        row["record_key"]
        for row in whole.truth("defects", "retail_api")
        if row["defect"] == "missing_email"
    }
    assert missing
    customers = {str(row["customer_id"]): row for row in partners_customers(whole)}
    assert {key for key, row in customers.items() if row["email"] is None} == missing
