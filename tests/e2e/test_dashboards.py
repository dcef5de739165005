"""The seven dashboards in a real browser, over a real warehouse, against SQL on its facts."""

import os
from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser
from psycopg2.errors import InsufficientPrivilege

from customer360.bi.home import METADATA_LOGIN, SupersetHome
from customer360.database.connection import connect
from customer360.settings import PROJECT_DIR
from tests.e2e import metrics
from tests.e2e.browser import Visitor, chromium, shows
from tests.e2e.conftest import Superset, Warehouse

ASSETS = PROJECT_DIR / "bi" / "superset" / "assets"
# Charts that a dashboard has, by its slug.
CHARTS = {
    board["slug"]: sum(key.startswith("CHART-") for key in board["position"])
    for board in (yaml.safe_load(file.read_text()) for file in ASSETS.glob("dashboards/*.yaml"))
}
CUSTOMER = "customer"  # shows one customer, so it has tests of its own
SEARCH = "find-customer"  # shows personal data, to those who may see them
CUSTOMER_FILTER = "NATIVE_FILTER-customer-customer"
BUYERS = "select customer_id, count(*) as orders from warehouse.fct_transactions group by 1"
SESSIONS = "warehouse.fct_campaign_touches where touch_type = 'SESSION'"
# What big numbers must be, from facts and ledgers and not from the marts that charts read.
NUMBERS = {
    "executive-overview": {
        "Customers": "select count(*) from warehouse.dim_customers",
        "Net revenue": """
            select sum(amount) from (
                select customer_id, amount from warehouse.fct_transactions
                union all select customer_id, -amount from warehouse.fct_returns
            ) as moves where customer_id is not null
        """,
        "Order value": """
            select avg(amount) from warehouse.fct_transactions where customer_id is not null
        """,
        "Repeat buyers": f"""
            select avg((orders > 1)::int) from ({BUYERS}) as buyers where customer_id is not null
        """,
    },
    "segments": {
        "Buyers": "select count(*) from warehouse.customer_rfm",
        "Revenue per buyer": """
            select sum(amount) / count(distinct customer_id) from warehouse.fct_transactions
            where customer_id is not null
        """,
        "12-month CLV": "select sum(predicted_clv_12_months) from warehouse.customer_clv",
    },
    "retention-and-churn": {
        "High or critical risk": """
            select count(*) from warehouse.customer_churn
            where churn_risk_level in ('High', 'Critical')
        """,
        "Average health": "select avg(health_score) from warehouse.customer_health",
    },
    "lifetime-value": {
        "12-month CLV": """
            select sum(predicted_clv_12_months) from warehouse.customer_clv
        """,
        "36-month CLV": """
            select sum(predicted_clv_36_months) from warehouse.customer_clv
        """,
        "12-month CLV at risk": """
            select sum(predicted_clv_12_months * churn_probability)
            from warehouse.customer_clv inner join warehouse.customer_churn using (customer_id)
        """,
    },
    "campaigns": {
        "Spend": "select sum(spend) from warehouse.fct_campaign_spend",
        "Revenue of sessions": f"select sum(order_value) from {SESSIONS}",
        "Conversion rate": f"select avg(is_converted::int) from {SESSIONS}",
    },
    "data-trust": {
        "Rows loaded": "select sum(rows_loaded) from ops.load_batches",
        "Rows in quarantine": "select count(*) from ops.quarantined_rows",
        "Files rejected": "select count(*) from ops.load_batches where status = 'rejected'",
        "Gates failed": """
            select count(*) from ops.gate_results where status = 'failed'
        """,
    },
}
# Of each, what a choice in the filter called so leaves of all customers.
CHOICES = {
    "segment": ("Champions", "warehouse.customer_rfm where segment = 'Champions'"),
    "country": ("Germany", "warehouse.dim_customers where country = 'Germany'"),
}
# Somebody with something in every chart about one customer.
WELL_KNOWN = """
    select customer_id from warehouse.fct_transactions
    inner join warehouse.fct_returns using (customer_id)
    inner join warehouse.fct_support_interactions using (customer_id)
    inner join warehouse.dim_vehicles using (customer_id)
    inner join warehouse.next_best_offers using (customer_id)
    inner join warehouse.customer_consents using (customer_id)
    inner join warehouse.fct_digital_events using (customer_id)
    group by customer_id order by count(*) desc, customer_id limit 1
"""
CHANGES = [
    ("PUT", "database/{database}", {"database_name": "mine"}),
    ("DELETE", "database/{database}", {}),
    ("POST", "database/", {"database_name": "mine", "sqlalchemy_uri": "postgresql://mine/mine"}),
    ("POST", "database/test_connection/", {"sqlalchemy_uri": "postgresql://mine/mine"}),
    ("GET", "database/{database}/connection", {}),
    ("POST", "dataset/", {"database": 1, "schema": "raw", "table_name": "shop__customers"}),
    ("POST", "sqllab/execute/", {"database_id": 1, "sql": "select 1"}),
    ("GET", "security/users/", {}),
]


@pytest.fixture(scope="module")
def browser(superset: Superset) -> Iterator[Browser]:  # noqa: ARG001 - skips where it cannot be
    """Chromium, without anybody logged in."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def analyst(superset: Superset, browser: Browser) -> Visitor:
    """The analyst, logged in with the generated password."""
    visitor = Visitor(browser, superset.address)
    visitor.log_in("analyst", superset.passwords["analyst"])
    return visitor


@pytest.mark.parametrize("slug", sorted(CHARTS.keys() - {CUSTOMER, SEARCH}))
def test_every_chart_shows_data_and_numbers_are_those_of_the_facts(
    superset: Superset, analyst: Visitor, slug: str
) -> None:
    analyst.open(slug, CHARTS[slug])
    assert analyst.troubles() == {}
    for chart, query in NUMBERS[slug].items():
        expected = superset.warehouse.number(query)
        shown = analyst.big_number(chart)
        assert shows(shown, expected), f"{chart} shows {shown}, the facts say {expected}"


def test_one_customer_is_shown_whole(superset: Superset, analyst: Visitor) -> None:
    ((customer,),) = superset.warehouse.rows(WELL_KNOWN)
    analyst.open(CUSTOMER, CHARTS[CUSTOMER])
    analyst.choose(CUSTOMER_FILTER, customer, CHARTS[CUSTOMER])
    assert analyst.troubles() == {}
    facts = dict(analyst.rows("Who this is"))
    its_own = f"warehouse.fct_transactions where customer_id = '{customer}'"
    assert int(facts["Purchases"]) == superset.warehouse.number(f"select count(*) from {its_own}")
    tickets = f"warehouse.fct_support_interactions where customer_id = '{customer}'"
    opened = superset.warehouse.rows(f"select opened_date::text from {tickets} order by 1 desc")
    assert [row[0] for row in analyst.rows("Support tickets, the latest first")] == [
        day for (day,) in opened
    ]


@pytest.mark.parametrize("choice", CHOICES)
def test_a_filter_reaches_the_numbers(superset: Superset, analyst: Visitor, choice: str) -> None:
    slug = "executive-overview"
    option, chosen = CHOICES[choice]
    analyst.open(slug, CHARTS[slug])
    analyst.choose(f"NATIVE_FILTER-{slug}-{choice}", option, CHARTS[slug])
    assert analyst.troubles() == {}
    expected = superset.warehouse.number(f"select count(*) from {chosen}")
    everybody = superset.warehouse.number("select count(*) from warehouse.dim_customers")
    assert 0 < expected < everybody
    assert shows(analyst.big_number("Customers"), expected)


def test_whoever_may_see_personal_data_finds_a_customer(
    superset: Superset, browser: Browser
) -> None:
    warehouse = superset.warehouse
    ((customer,),) = warehouse.rows(WELL_KNOWN)
    ((name, email),) = warehouse.rows(f"""
        select concat_ws(' ', first_name, last_name), identifier
        from warehouse.dim_customers_personal
        inner join warehouse.bridge_customer_identifiers_personal using (customer_id)
        where customer_id = '{customer}' and identifier_type = 'email' limit 1
    """)
    noted = warehouse.number("select count(*) from ops.personal_reads")
    finder = Visitor(browser, superset.address)
    finder.log_in("privacy_analyst", superset.passwords["privacy_analyst"])
    for filter_, value in (("name", name), ("identifier", email), ("customer", customer)):
        finder.open(SEARCH, CHARTS[SEARCH])
        finder.choose(f"NATIVE_FILTER-{SEARCH}-{filter_}", value, CHARTS[SEARCH])
        assert finder.troubles() == {}
        assert [customer, name] in [[row[-2], row[1]] for row in finder.rows("Who they are")]
    assert warehouse.number("select count(*) from ops.personal_reads") > noted

    link = finder.chart("Who they are").locator("tbody a").first.get_attribute("href")
    finder.page.goto(f"{superset.address}{link}")
    finder.settle(CHARTS[CUSTOMER])
    purchases = f"select count(*) from warehouse.fct_transactions where customer_id = '{customer}'"
    assert int(dict(finder.rows("Who this is"))["Purchases"]) == warehouse.number(purchases)


def test_the_analyst_finds_nobody(superset: Superset, analyst: Visitor, browser: Browser) -> None:
    administrator = Visitor(browser, superset.address)
    administrator.log_in("admin", superset.passwords["admin"])
    datasets = administrator.ask("GET", "dataset/?q=(page_size:100)").json()["result"]
    ((people, database),) = (
        (one["id"], one["database"]["id"]) for one in datasets if one["table_name"] == "people"
    )
    shown = analyst.ask("GET", "dashboard/?q=(page_size:100)").json()["result"]
    assert {board["slug"] for board in shown} == CHARTS.keys() - {SEARCH}
    queries = [{"columns": ["email"], "metrics": [], "row_limit": 5}]
    asked = {"datasource": {"id": people, "type": "table"}, "queries": queries}
    assert administrator.ask("POST", "chart/data", asked).status == 200
    for method, resource, content in (
        ("GET", f"dashboard/{SEARCH}", None),
        ("GET", f"dashboard/{SEARCH}/datasets", None),
        ("GET", f"dataset/{people}", None),
        ("GET", f"database/{database}/tables/?q=(schema_name:warehouse)", None),
        ("POST", "chart/data", asked),
    ):
        assert analyst.ask(method, resource, content).status in {403, 404}, resource


def test_nobody_sees_anything_without_a_login(superset: Superset, browser: Browser) -> None:
    request = browser.new_context().request
    for page in ("superset/dashboard/executive-overview/", "superset/welcome/", "sqllab/"):
        answer = request.get(f"{superset.address}/{page}", max_redirects=0)
        assert answer.status == 302
        assert "/login/" in answer.headers["location"]
    for resource in ("dashboard/", "chart/", "dataset/", "database/"):
        assert request.get(f"{superset.address}/api/v1/{resource}").status == 401
    query = {"datasource": {"id": 1, "type": "table"}, "queries": [{"metrics": ["customers"]}]}
    assert request.post(f"{superset.address}/api/v1/chart/data", data=query).status == 401
    visitor = Visitor(browser, superset.address)
    visitor.page.goto(f"{superset.address}/login/")
    visitor.page.fill("#username", "analyst")
    visitor.page.fill("#password", "analyst")
    with visitor.page.expect_navigation():
        visitor.page.click("button[type=submit]")
    assert visitor.page.request.get(f"{superset.address}/api/v1/dashboard/").status == 401


def test_the_analyst_explores_and_changes_no_connection(analyst: Visitor) -> None:
    databases = analyst.ask("GET", "database/").json()["result"]
    assert [database["database_name"] for database in databases] == ["Customer 360"]
    (database,) = (database["id"] for database in databases)
    assert "password" not in analyst.ask("GET", f"database/{database}").text().lower()
    for method, resource, content in CHANGES:
        answer = analyst.ask(method, resource.format(database=database), content)
        assert answer.status == 403, f"{method} {resource}: {answer.status} {answer.text()}"

    (dataset, *_) = (
        dataset["id"]
        for dataset in analyst.ask("GET", "dataset/?q=(page_size:100)").json()["result"]
        if dataset["table_name"] == "customer_360"
    )
    queries = [{"columns": ["country"], "metrics": ["customers"], "row_limit": 5}]
    asked = {"datasource": {"id": dataset, "type": "table"}, "queries": queries}
    answer = analyst.ask("POST", "chart/data", asked)
    assert answer.status == 200
    assert len(answer.json()["result"][0]["data"]) == 5


def test_metrics_are_the_same_in_metricflow_in_superset_and_in_the_facts(
    published: Warehouse,
) -> None:
    if reason := metrics.missing():
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    generated = metrics.superset_metrics()
    (told,) = metrics.metricflow(published, sorted(generated.keys() | metrics.FACTS))
    for name in generated:
        (expected,) = metrics.superset(published, name).values()
        assert metrics.nearly(told[name], expected), f"{name}: {told[name]}, Superset {expected}"
    for name, query in metrics.FACTS.items():
        expected = published.number(query)
        assert metrics.nearly(told[name], expected), f"{name}: {told[name]}, facts {expected}"

    by_segment = metrics.metricflow(published, ["repeat_share"], "customer__rfm_segment")
    expected_by_segment = metrics.superset(published, "repeat_share", "rfm_segment")
    found = {row["customer__rfm_segment"]: row["repeat_share"] for row in by_segment}
    assert len(expected_by_segment) > 5
    assert all(metrics.nearly(found[key], value) for key, value in expected_by_segment.items())


def test_superset_keeps_its_own_things_with_a_login_that_has_no_right_in_the_warehouse(
    superset: Superset,
) -> None:
    home = SupersetHome(superset.warehouse.settings)
    assert f"//{METADATA_LOGIN}:" in home.secret_file("metadata_url").read_text()
    with connect(home.settings, database=home.metadata_database) as connection:
        cursor = connection.cursor()
        cursor.execute("select distinct tableowner from pg_tables where schemaname = 'public'")
        assert cursor.fetchall() == [(METADATA_LOGIN,)]
    with connect(home.settings, role=METADATA_LOGIN) as connection:
        for table in ("warehouse.customer_360", "raw.shop__customers", "ops.load_batches"):
            with pytest.raises(InsufficientPrivilege), connection, connection.cursor() as cursor:
                cursor.execute(f"select from {table}")


def test_who_asked_for_a_chart_is_noted_once(superset: Superset, analyst: Visitor) -> None:
    slug = "campaigns"
    analyst.open(slug, CHARTS[slug])
    home = SupersetHome(superset.warehouse.settings)
    with connect(home.settings, database=home.metadata_database) as connection:
        cursor = connection.cursor()
        cursor.execute("""
            select distinct action from logs
            where slice_id is not null and action <> 'log' -- what browsers tell of themselves
        """)
        assert cursor.fetchall() == [("ChartDataRestApi.data",)]


def test_browsers_fetch_nothing_from_elsewhere(analyst: Visitor) -> None:
    analyst.open("executive-overview", CHARTS["executive-overview"])
    assert analyst.fetched_elsewhere == []
