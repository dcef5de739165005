"""What marketing saw agrees with what the shop sold: the same people, orders, goods and returns."""

import datetime as dt
from collections import Counter, defaultdict

import pytest
import yaml

from customer360.settings import PROJECT_DIR
from data_generators.sources.marketing import AGE_GROUPS, Marketing
from data_generators.sources.shop import CAMPAIGNS
from tests.unit.data_generators.conftest import Generation, Row, read

STAGING = PROJECT_DIR / "dbt_project/models/staging"


def delivered(generation: Generation, table: str, source: str = "marketing") -> list[Row]:
    """Return the rows of a feed as they were before key and date defects, each once."""
    feed = f"{source}.{table}"
    truth = [row for row in generation.truth("defects", source) if row["feed"] == feed]
    landing = generation.config.output / "landing" / source / table
    rows = {tuple(row.items()): row for path in sorted(landing.glob("*.csv")) for row in read(path)}
    by_key = {next(iter(row.values())): row for row in rows.values()}
    for finding in reversed(truth):
        if finding["column"] in next(iter(by_key.values())) and finding["record_key"] in by_key:
            by_key[finding["record_key"]][finding["column"]] = finding["value_before"]
    return list(by_key.values())


@pytest.fixture(scope="module")
def sessions(whole: Generation) -> list[Row]:
    return delivered(whole, "campaign_sessions")


@pytest.fixture(scope="module")
def orders(whole: Generation) -> dict[str, Row]:
    """The shop's orders that a campaign led to and that were not cancelled, by id."""
    rows = delivered(whole, "online_transactions", "shop")
    return {r["order_id"]: r for r in rows if r["campaign"] and r["status"] != "cancelled"}


def test_feeds_have_the_columns_of_their_contracts() -> None:
    contract = yaml.safe_load((STAGING / "marketing/_marketing__sources.yml").read_text())
    expected = {
        table["name"]: tuple(column["name"] for column in table["columns"])
        for table in contract["sources"][0]["tables"]
    }
    assert {feed.table: feed.columns for feed in Marketing.feeds} == expected


def test_confirmed_sessions_are_the_orders_of_the_shop(
    whole: Generation, sessions: list[Row], orders: dict[str, Row]
) -> None:
    names = {key: row["name"] for key, row in whole.rows("products").items()}
    ordered = Counter(
        (
            row["customer_id"],
            names[row["product_id"]],
            row["quantity"],
            row["campaign"],
            row["payment_method"],
        )
        for row in orders.values()
    )
    confirmed = Counter(
        (
            row["customer_id"],
            row["product"],
            row["quantity"],
            row["campaign"],
            row["payment_method"],
        )
        for row in sessions
        if row["order_confirmation"] == "True"
    )
    assert sum(ordered.values()) > 500
    assert confirmed == ordered


def test_returned_orders_are_returned_in_the_shop(
    whole: Generation, sessions: list[Row], orders: dict[str, Row]
) -> None:
    returns = delivered(whole, "returns", "shop")
    came_back = Counter(row["reason"] for row in returns if row["order_id"] in orders)
    said = Counter(row["return_reason"] for row in sessions if row["order_return"] == "True")
    assert sum(said.values()) > 10
    assert said == came_back


def test_a_visit_goes_from_start_over_cart_and_order_to_its_end(sessions: list[Row]) -> None:
    steps = ("session_start", "cart_addition_time", "order_confirmation_time", "session_end")
    for row in sessions:
        instants = [row[step] for step in steps if row[step]]
        assert instants == sorted(instants), row
        assert bool(row["order_confirmation_time"]) == (row["order_confirmation"] == "True")


def test_nobody_is_known_before_registering(whole: Generation, sessions: list[Row]) -> None:
    customers = delivered(whole, "customers", "shop")
    registered = {row["customer_id"]: row["created_at"][:10] for row in customers}
    for row in sessions:
        if row["order_confirmation"] == "False":
            assert row["session_start"][:10] >= registered[row["customer_id"]]


def test_a_person_stays_who_they_are(whole: Generation, sessions: list[Row]) -> None:
    person_of = {row["source_id"]: row["person_id"] for row in whole.truth("records")}
    people = {row["person_id"]: row for row in whole.truth("people")}
    known, states = defaultdict(set), defaultdict(set)
    for row in sessions:
        person = people[person_of[row["customer_id"]]]
        assert row["gender"].lower() == person["gender"]
        assert row["full_name"].startswith(person["first_name"])
        known[person["person_id"]].add((row["credit_score"], row["monthly_income"]))
        states[row["country"], row["city"]].add(row["state"])
    assert all(len(values) == 1 for values in known.values())
    assert all(len(values) == 1 for values in states.values())


def test_spend_covers_every_day_and_campaign_once(whole: Generation) -> None:
    days = (whole.config.end - whole.config.start).days + 1
    (path,) = (whole.config.output / "landing/marketing/campaign_spend").glob("*.csv")
    rows = Counter((row["campaign"], row["impressions"], row["spend"]) for row in read(path))
    repeated = whole.counts()["marketing.campaign_spend", "duplicate_delivery"]
    assert sum(rows.values()) - repeated == days * 5
    assert {campaign for campaign, *_ in rows} == set(CAMPAIGNS[1:])
    assert all(float(spend) > 0 for *_, spend in rows)


def test_survey_answers_are_of_customers_with_orders(whole: Generation) -> None:
    buyers = {
        row["customer_id"]
        for row in delivered(whole, "online_transactions", "shop")
        if row["status"] != "cancelled"
    }
    answers = delivered(whole, "shopping_behaviour")
    ids = [row["customer_id"] for row in answers]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= buyers
    assert len(ids) == pytest.approx(0.6 * len(buyers), rel=0.1)
    for row in answers:
        first, _, last = row["age_group"].replace("+", "-200").partition("-")
        assert row["age_group"] in AGE_GROUPS
        assert int(first) <= int(row["age"]) <= int(last)
        assert 1 <= float(row["review_rating"]) <= 5


def test_daily_deliveries_tell_nothing_ahead_of_time(daily: Generation) -> None:
    landing = daily.config.output / "landing/marketing"
    assert len(list((landing / "campaign_spend").glob("*.csv"))) == 61
    (survey,) = (landing / "shopping_behaviour").glob("*.csv")
    asked = daily.config.end - dt.timedelta(days=60)
    assert str(asked) in survey.name
    early = {
        row["customer_id"]
        for row in delivered(daily, "online_transactions", "shop")
        if row["ordered_at"][:10] <= str(asked)
    }
    assert {row["customer_id"] for row in read(survey)} <= early
