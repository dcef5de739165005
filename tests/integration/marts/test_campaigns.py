"""Campaigns against pandas and exact fractions, from the facts alone, and against the truth."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from tests.integration.marts.warehouse import Warehouse

# As dbt_project.yml has them.
LOOKBACK_DAYS, HALF_LIFE_DAYS, END_SHARE = 30, 7, Fraction(2, 5)
MODELS = ("first_touch", "last_touch", "linear", "position_based", "time_decay")
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def touches(generated: Warehouse) -> pd.DataFrame:
    return generated.frame("select * from warehouse_next.fct_campaign_touches")


@pytest.fixture(scope="module")
def paths(generated: Warehouse, touches: pd.DataFrame) -> pd.DataFrame:
    """Every conversion with the touches before it, in order."""
    orders = generated.frame(
        "select transaction_id, customer_id, transaction_date, amount"
        " from warehouse_next.fct_transactions"
        " where channel = 'online' and customer_id is not null"
    )
    both = orders.merge(
        touches[["touch_id", "campaign_id", "customer_id", "touched_at", "touch_date"]].dropna(),
        on="customer_id",
    )
    days = pd.to_datetime(both["transaction_date"]) - pd.to_datetime(both["touch_date"])
    both = both.assign(days=days.dt.days)
    both = both[both["days"].between(0, LOOKBACK_DAYS)]
    return both.sort_values(["transaction_id", "touched_at", "touch_id"])


@pytest.fixture(scope="module")
def credited(generated: Warehouse) -> pd.DataFrame:
    return generated.frame("select * from warehouse_next.campaign_conversion_credits").set_index(
        ["transaction_id", "touch_id"]
    )


def exact_shares(model: str, days: list[int]) -> list[Fraction]:
    """Return what a model gives each touch of a path; only decay is rounded, at 15 places."""
    count = len(days)
    if model == "time_decay":
        weights = [Fraction(round(0.5 ** (day / HALF_LIFE_DAYS), 15)) for day in days]
        return [weight / sum(weights) for weight in weights]
    if model == "linear" or (model == "position_based" and count <= 2):
        return [Fraction(1, count)] * count
    if model == "position_based":
        middle = (1 - 2 * END_SHARE) / (count - 2)
        return [END_SHARE, *[middle] * (count - 2), END_SHARE]
    place = 0 if model == "first_touch" else count - 1
    return [Fraction(int(number == place)) for number in range(count)]


def test_conversions_and_their_touches_against_pandas(
    paths: pd.DataFrame, credited: pd.DataFrame
) -> None:
    assert len(paths) > 1_000
    expected = paths.set_index(["transaction_id", "touch_id"])
    assert set(expected.index) == set(credited.index)
    assert (credited["days_before_conversion"].loc[expected.index] == expected["days"]).all()
    assert (credited["revenue"].loc[expected.index] == expected["amount"]).all()


@pytest.mark.parametrize("model", MODELS)
def test_credits_are_within_a_cent_of_the_exact_parts(
    paths: pd.DataFrame, credited: pd.DataFrame, model: str
) -> None:
    for transaction, path in paths.groupby("transaction_id"):
        revenue = path["amount"].iloc[0]
        shares = exact_shares(model, path["days"].tolist())
        given = credited[f"{model}_credit"].loc[transaction].loc[path["touch_id"]].tolist()
        assert sum(given) == revenue
        for share, credit in zip(shares, given, strict=True):
            assert abs(Fraction(credit) - share * Fraction(revenue)) <= Fraction(CENT), path


def test_every_model_shares_out_the_same_revenue(generated: Warehouse, paths: pd.DataFrame) -> None:
    table = generated.frame("select * from warehouse_next.campaign_attribution")
    revenue = paths.drop_duplicates("transaction_id")["amount"].sum()
    sums = table.groupby("attribution_model")["credited_revenue"].sum()
    assert sums.to_dict() == dict.fromkeys(MODELS, revenue)
    conversions = table.groupby("attribution_model")["credited_conversions"].sum()
    for model in MODELS:
        assert float(conversions[model]) == pytest.approx(paths["transaction_id"].nunique(), abs=1)


def test_performance_against_pandas(generated: Warehouse, touches: pd.DataFrame) -> None:
    table = generated.frame("select * from warehouse_next.campaign_performance")
    table = table.set_index("campaign_id")
    sessions = touches[touches["touch_type"] == "SESSION"]
    spend = generated.frame("select * from warehouse_next.fct_campaign_spend")
    assert len(table) == 6
    for campaign, row in table.iterrows():
        seen = sessions[sessions["campaign_id"] == campaign]
        ordered = seen[seen["is_converted"]]
        cost = spend.loc[spend["campaign_id"] == campaign, "spend"].sum()
        assert row["sessions"] == len(seen)
        assert row["conversions"] == len(ordered)
        assert row["spend"] == cost
        if campaign == "newsletter":
            assert len(seen) == cost == 0
            assert row["revenue"] is None, "the campaign tool does not know it"
            assert row["profit"] is None
        else:
            assert row["revenue"] == ordered["order_value"].sum()
        if len(seen):
            profit = (ordered["order_value"] - ordered["order_cost"]).sum()
            assert float(row["conversion_share"]) == pytest.approx(
                len(ordered) / len(seen), abs=1e-6
            )
            assert float(row["return_on_investment"]) == pytest.approx(
                float((profit - cost) / cost), abs=1e-6
            )
            per_customer = (cost / row["new_customers"]).quantize(CENT, ROUND_HALF_UP)
            assert row["customer_acquisition_cost"] == per_customer


def test_orders_are_found_for_the_visits_that_led_to_them(
    generated: Warehouse, touches: pd.DataFrame
) -> None:
    """Only orders or visits with a defect in key, date or sign may be missed."""
    orders = generated.frame(
        "select transaction_id, campaign_id as named_campaign_id, amount"
        " from warehouse_next.fct_transactions"
    )
    ordered = touches[touches["is_converted"]]
    defects = pd.read_csv(generated.settings.data_dir / "truth" / "defects.csv", dtype=str)
    damaged = defects[
        defects["defect"].isin(["orphan_key", "negative_amount", "future_date"])
    ].groupby("feed")["record_key"]
    led_to_by_campaign = generated.frame(
        "select order_id from staging.stg_shop__online_transactions where campaign is not null"
    )["order_id"].isin(set(damaged.get_group("shop.online_transactions")))
    confirmed = generated.frame(
        "select session_id from staging.stg_marketing__campaign_sessions where is_order_confirmed"
    )["session_id"].isin(set(damaged.get_group("marketing.campaign_sessions")))
    missed = ordered["transaction_id"].isna().sum()
    assert 0 < missed <= led_to_by_campaign.sum() + confirmed.sum()
    assert missed < 0.08 * len(ordered)
    found = ordered.merge(orders, on="transaction_id")
    assert found["transaction_id"].is_unique
    assert (found["order_value"] == found["amount"]).all()
    assert (found["named_campaign_id"] == found["campaign_id"]).mean() > 0.995


def test_events_are_given_to_the_people_behind_them(generated: Warehouse) -> None:
    """A device has one owner in truth: whoever the warehouse names must hold a record of theirs."""
    folder = generated.settings.data_dir / "truth"
    people = pd.read_csv(folder / "people.csv", dtype=str)
    records = pd.read_csv(folder / "records.csv", dtype=str)
    owners = {
        device: person
        for person, devices in zip(people["person_id"], people["device_ids"], strict=True)
        for device in devices.split()
    }
    keys = generated.frame(
        "select source_customer_key, customer_id from identity.identity_customers"
    )
    held = records.assign(source_customer_key=records["source"] + ":" + records["source_id"]).merge(
        keys, on="source_customer_key"
    )
    pairs = set(zip(held["person_id"], held["customer_id"], strict=True))
    events = generated.frame(
        "select device_id, customer_id, identified_by"
        " from intermediate.int_digital_events_identified where exclusion_reason is null"
        " and customer_id is not null"
    )
    right = np.array(
        [
            (owners[device], customer) in pairs
            for device, customer in zip(events["device_id"], events["customer_id"], strict=True)
        ]
    )
    assert set(events["identified_by"]) == {"customer_id", "email", "device"}
    assert right[events["identified_by"] == "customer_id"].all()
    assert right.mean() > 0.97
