"""A fixed delivery of a partner's retail system, and nothing else: every number is known.

27 customers as a JSON array, 10 products, 5 stores and 50 transactions without amounts lie in
tests/fixtures/retail_api. Totals stand here as numbers; the rest is worked out by pandas, apart
from our SQL.
"""

import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from customer360.settings import PROJECT_DIR, Settings
from tests.conftest import fresh_database
from tests.integration.marts.warehouse import Warehouse

FIXTURE = PROJECT_DIR / "tests" / "fixtures" / "retail_api"
CODES = {"UAE": "AE", "Saudi Arabia": "SA", "Qatar": "QA", "Egypt": "EG", "Kuwait": "KW"}
SEASONS = ["Winter", "Spring", "Summer", "Autumn"]
MEASURES = ["transactions", "quantity", "revenue"]


@pytest.fixture(scope="module")
def warehouse(server: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    output = tmp_path_factory.mktemp("retail_api")
    for path in FIXTURE.iterdir():
        folder = output / "landing" / "retail_api" / path.stem
        folder.mkdir(parents=True)
        shutil.copy(path, folder)
    with fresh_database(server, output) as settings:
        warehouse = Warehouse(settings)
        warehouse.load()
        warehouse.build()
        yield warehouse


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """Every transaction with all that the files say of it."""
    customers = pd.read_json(FIXTURE / "customers.json").rename(columns={"country": "home"})
    products = pd.read_csv(FIXTURE / "products.csv")
    stores = pd.read_csv(FIXTURE / "stores.csv")
    sold = pd.read_csv(FIXTURE / "transactions.csv", parse_dates=["transaction_date"])
    sold = sold.merge(customers, on="customer_id", validate="many_to_one")
    sold = sold.merge(products, on="product_id", validate="many_to_one")
    sold = sold.merge(stores, on="store_id", validate="many_to_one")
    assert len(sold) == 50
    return sold.assign(
        transactions=1,
        revenue=sold["price"] * sold["quantity"],
        home=sold["home"].map(CODES),
        location=sold["location"].map(CODES),
        month=sold["transaction_date"].dt.month,
        season=[SEASONS[month % 12 // 3] for month in sold["transaction_date"].dt.month],
        segment=pd.cut(
            sold["price"],
            [0, 500, 1500, 10**6],
            right=False,
            labels=["Budget", "Mid-Range", "Premium"],
        ).astype(str),
    )


def mart(warehouse: Warehouse, name: str, *keys: str) -> pd.DataFrame:
    """Return a mart by its keys; ids of customers are the partner's own."""
    frame = warehouse.frame(f"select * from warehouse_next.{name}")
    if "customer_id" in frame:
        own = warehouse.frame("select * from identity.identity_customers")
        assert own["customer_id"].is_unique
        numbers = own.set_index("customer_id")["source_customer_id"]
        frame["customer_id"] = frame["customer_id"].map(numbers)
    for column in {"customer_id", "product_id", "store_id"} & set(frame.columns):
        frame[column] = frame[column].str.removeprefix("retail_api:").astype(int)
    return frame.set_index(list(keys)).sort_index()


def totals(sales: pd.DataFrame, keys: Mapping[str, str], **counted: str) -> pd.DataFrame:
    """Return the measures by our name of each key, and how many different values columns have."""
    groups = sales.rename(columns=dict(zip(keys.values(), keys.keys(), strict=True)))
    by_key = groups.groupby(list(keys))
    distinct = {name: by_key[column].nunique() for name, column in counted.items()}
    return by_key[MEASURES].sum().assign(**distinct).sort_index()


def check(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Compare exactly, as far as something is expected."""
    assert len(expected) > 0
    pd.testing.assert_frame_equal(
        found[list(expected)].astype("int64"),
        expected.astype("int64"),
        check_names=False,
        check_index_type=False,
    )


def test_totals_are_the_known_ones(warehouse: Warehouse) -> None:
    facts = warehouse.frame(
        "select count(*) as transactions, sum(quantity) as units, sum(amount) as revenue,"
        " count(distinct customer_id) as customers from warehouse_next.fct_transactions"
    )
    assert facts.to_dict("records") == [
        {"transactions": 50, "units": 142, "revenue": Decimal("177585.00"), "customers": 27}
    ]
    counts = {
        table: warehouse.frame(f"select count(*) as n from warehouse_next.{table}").iloc[0, 0]
        for table in ("dim_customers", "customer_360", "dim_products", "dim_stores")
    }
    assert counts == {"dim_customers": 27, "customer_360": 27, "dim_products": 10, "dim_stores": 5}


def test_nothing_is_left_out_or_found_wrong(warehouse: Warehouse) -> None:
    excluded = warehouse.frame(
        "select * from intermediate.int_transactions_judged where exclusion_reason is not null"
    )
    assert excluded.empty
    issues = warehouse.frame(
        "select feed, issue from warehouse_next.data_quality_issues"
        " where defects > 0 and issue <> 'missing_phone'"
    )
    assert issues.empty


def test_sales_by_country_of_the_store(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    found = mart(warehouse, "sales_by_country", "country_code")
    check(
        found,
        totals(
            sales,
            {"country_code": "location"},
            customers="customer_id",
            stores="store_id",
            products="product_id",
        ),
    )
    assert found["revenue"].to_dict() == {
        "AE": Decimal("13786.00"),
        "EG": Decimal("55961.00"),
        "KW": Decimal("8079.00"),
        "QA": Decimal("11773.00"),
        "SA": Decimal("87986.00"),
    }
    assert found["revenue_share"].sum() == pytest.approx(1, abs=1e-5)


def test_country_performance_by_home(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    found = mart(warehouse, "country_performance", "country_code")
    check(
        found,
        totals(sales, {"country_code": "home"}, buyers="customer_id", products="product_id"),
    )
    assert found["customers"].to_dict() == {"AE": 6, "EG": 6, "KW": 5, "QA": 5, "SA": 5}
    assert (found["stores"] == 1).all()
    assert (found["buyer_share"] == 1).all()


def test_categories_by_country(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    keys = {"country_code": "home", "category": "category"}
    found = mart(warehouse, "category_country_performance", *keys)
    check(
        found,
        totals(sales, keys, customers="customer_id", stores="store_id", products="product_id"),
    )
    assert (found.groupby("country_code")["revenue_rank"].min() == 1).all()


def test_customer_product_affinity(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    keys = {"customer_id": "customer_id", "product_id": "product_id"}
    found = mart(warehouse, "customer_product_affinity", *keys)
    check(found, totals(sales, keys))
    assert (
        found.groupby("customer_id")["transaction_share"].sum().astype(float).round(5).eq(1).all()
    )


def test_product_performance(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    found = mart(warehouse, "product_performance", "product_id")
    check(
        found,
        totals(sales, {"product_id": "product_id"}, customers="customer_id", stores="store_id"),
    )
    best = found.loc[found["revenue_rank"] == 1]
    assert best["product_name"].to_list() == ["Smartwatch"]
    assert found["gross_profit"].isna().all()  # the partner gives no costs


def test_stores(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    keys = {"store_id": "store_id", "product_id": "product_id"}
    check(
        mart(warehouse, "store_product_performance", *keys),
        totals(sales, keys, customers="customer_id"),
    )
    stores = mart(warehouse, "store_customer_analysis", "store_id")
    check(stores, totals(sales, {"store_id": "store_id"}, customers="customer_id"))
    visits = sales.groupby(["store_id", "customer_id"]).size()
    repeated = (visits > 1).groupby("store_id").sum()
    assert stores["repeat_customers"].to_dict() == repeated.to_dict()


def test_price_segments(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    keys = {"price_segment": "segment", "category": "category"}
    found = mart(warehouse, "price_segment_analysis", *keys)
    check(found, totals(sales, keys, customers="customer_id", products="product_id"))
    assert set(found.index.get_level_values("price_segment")) == {"Budget", "Mid-Range", "Premium"}


def test_seasons(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    keys = {"season": "season", "category": "category"}
    check(mart(warehouse, "seasonal_analysis", *keys), totals(sales, keys, customers="customer_id"))


def test_monthly_sales(warehouse: Warehouse, sales: pd.DataFrame) -> None:
    found = mart(warehouse, "monthly_sales", "month_number")
    check(found, totals(sales, {"month_number": "month"}, customers="customer_id"))
    assert found["is_complete"].to_dict() == {4: True, 5: True, 6: True, 7: False}


def test_registrations(warehouse: Warehouse) -> None:
    customers = pd.read_json(FIXTURE / "customers.json")
    months = pd.to_datetime(customers["registration_date"]).dt.to_period("M").dt.start_time.dt.date
    countries = customers["country"].map(CODES).rename("country_code")
    expected = customers.groupby([months.rename("month_start_date"), countries]).size()
    found = mart(warehouse, "customer_registration_trends", "month_start_date", "country_code")
    as_of = date(2025, 7, 9)
    late = pd.to_datetime(customers["registration_date"]).dt.date > as_of
    assert not late.any()
    assert found["new_customers"].to_dict() == expected.to_dict()
    assert found["new_customers"].sum() == 27
