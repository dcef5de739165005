"""What the generators broke, as the truth tells it, against what data_quality_issues found."""

import pandas as pd
import pytest

from tests.integration.marts.warehouse import Warehouse

CUSTOMER_FEEDS = (
    "shop.customers",
    "retail_api.customers",
    "loyalty.loyalty_accounts",
    "salesforce.contacts",
    "dynamics.contacts",
    "dealership.customers",
    "external.customers",
)
# The partner's system keeps no telephone number.
NOT_POSSIBLE = {("retail_api.customers", "missing_phone")}
# Each defect of the truth that can be seen in the data, with the issue that must count it exactly.
COUNTABLE = {
    ("shop.customers", "duplicate_delivery"): "duplicate_delivery",
    ("shop.online_transactions", "future_date"): "future_date",
    ("shop.online_transactions", "orphan_key"): "orphan_customer",
    ("shop.online_transactions", "duplicate_delivery"): "duplicate_delivery",
    ("shop.returns", "future_date"): "future_date",
    ("shop.returns", "orphan_key"): "orphan_order",
    ("shop.returns", "duplicate_delivery"): "duplicate_delivery",
    **{
        (feed, defect): issue
        for feed in (
            "shop.customers",
            "shop.online_transactions",
            "shop.returns",
            "stores.instore_transactions",
            "retail_api.customers",
            "retail_api.transactions",
            "loyalty.loyalty_accounts",
            "loyalty.loyalty_transactions",
            "support.service_interactions",
            "consent.consent_events",
            "marketing.campaign_spend",
            "dealership.customers",
            "dealership.vehicle_sales",
            "dealership.service_records",
            "external.customers",
            "external.transactions",
        )
        for defect, issue in (
            ("date_day_first", "date_day_first"),
            ("date_month_first", "date_month_first"),
            ("date_with_time", "date_with_slashes"),
        )
    },
    ("retail_api.customers", "duplicate_delivery"): "duplicate_delivery",
    ("retail_api.transactions", "future_date"): "future_date",
    ("retail_api.transactions", "orphan_key"): "orphan_customer",
    ("retail_api.transactions", "duplicate_delivery"): "duplicate_delivery",
    ("stores.instore_transactions", "future_date"): "future_date",
    ("stores.instore_transactions", "orphan_key"): "orphan_customer",
    ("stores.instore_transactions", "duplicate_delivery"): "duplicate_delivery",
    ("loyalty.loyalty_accounts", "orphan_key"): "orphan_customer",
    ("loyalty.loyalty_transactions", "future_date"): "future_date",
    ("loyalty.loyalty_transactions", "orphan_key"): "orphan_member",
    ("loyalty.loyalty_transactions", "duplicate_delivery"): "duplicate_delivery",
    ("consent.consent_events", "future_date"): "future_date",
    ("consent.consent_events", "orphan_key"): "orphan_customer",
    ("consent.consent_events", "duplicate_delivery"): "duplicate_delivery",
    ("support.service_interactions", "future_date"): "future_date",
    ("support.service_interactions", "orphan_key"): "orphan_customer",
    ("support.service_interactions", "duplicate_delivery"): "duplicate_delivery",
    ("marketing.campaign_sessions", "future_date"): "future_date",
    ("marketing.campaign_sessions", "orphan_key"): "orphan_customer",
    ("marketing.campaign_sessions", "duplicate_delivery"): "duplicate_delivery",
    ("marketing.campaign_spend", "duplicate_delivery"): "duplicate_delivery",
    ("digital.events", "future_date"): "future_date",
    ("digital.events", "orphan_key"): "orphan_customer",
    ("digital.events", "duplicate_delivery"): "duplicate_delivery",
    **{
        (feed, defect): defect
        for feed in CUSTOMER_FEEDS
        for defect in (
            "missing_email",
            "malformed_email",
            "plus_addressed_email",
            "missing_phone",
            "mixed_case",
            "stray_spaces",
            "special_characters",
        )
        if (feed, defect) not in NOT_POSSIBLE
    },
    **{
        (feed, "negative_amount"): "negative_amount"
        for feed in (
            "shop.online_transactions",
            "stores.instore_transactions",
            "dealership.vehicle_sales",
            "dealership.service_records",
            "salesforce.opportunities",
        )
    },
}
# What the generators never do must not be found either: no date or number is unreadable or absurd.
ABSENT = (
    "unparseable_date",
    "implausible_date",
    "unparseable_amount",
    "impossible_amount",
    "unparseable_quantity",
    "impossible_quantity",
    "impossible_phone",
    "unparseable_points",
    "unknown_tier",
    "orphan_agent",
    "impossible_satisfaction",
    "resolved_without_date",
    "unknown_interaction_type",
    "malformed_vin",
    "unknown_stage",
    "unknown_purpose",
    "unknown_decision",
)


@pytest.fixture(scope="module")
def injected(generated: Warehouse) -> pd.Series:
    """Records with each defect, by feed and defect."""
    defects = pd.read_csv(generated.settings.data_dir / "truth" / "defects.csv", dtype=str)
    return defects.groupby(["feed", "defect"])["record_key"].nunique()


@pytest.fixture(scope="module")
def found(generated: Warehouse) -> pd.Series:
    """Rows with each issue over all loads, by feed and issue."""
    issues = generated.frame("select feed, issue, defects from warehouse_next.data_quality_issues")
    return issues.groupby(["feed", "issue"])["defects"].sum().astype(int)


@pytest.mark.parametrize(("feed", "defect"), COUNTABLE)
def test_every_visible_defect_is_counted(
    injected: pd.Series, found: pd.Series, feed: str, defect: str
) -> None:
    assert injected[feed, defect] > 0, "the generators injected none: the test would say nothing"
    assert found[feed, COUNTABLE[feed, defect]] == injected[feed, defect]


@pytest.mark.parametrize("issue", ABSENT)
def test_nothing_is_found_that_was_not_injected(found: pd.Series, issue: str) -> None:
    counts = found.xs(issue, level="issue")
    assert len(counts) > 0
    assert counts.sum() == 0


def test_every_load_is_reported(generated: Warehouse) -> None:
    missing = generated.frame(
        "select batch_id from ops.load_batches"
        " except select batch_id from warehouse_next.data_quality_issues"
    )
    assert missing.empty


def test_what_a_feed_has_no_field_for_is_not_missing(found: pd.Series) -> None:
    for feed, issue in NOT_POSSIBLE:
        assert (feed, issue) not in found


def test_late_rows_are_counted_where_their_day_was_delivered(
    injected: pd.Series, found: pd.Series
) -> None:
    """A row is seen to be late only if another one of its day came in time."""
    late = injected.xs("late_delivery", level="defect")
    counted = found.xs("late_delivery", level="issue")
    assert late.sum() >= 20, "the generators injected too few: the test would say nothing"
    assert (counted[late.index] <= late).all()
    assert counted.sum() >= 0.9 * late.sum()
