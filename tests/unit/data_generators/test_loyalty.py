"""Points follow what members really bought, and no balance is ever below zero."""

from collections import defaultdict

from tests.unit.data_generators.conftest import Generation, Row

SOURCE = "loyalty"
TIER_STARTS = {"Bronze": 0, "Silver": 500, "Gold": 1_500, "Platinum": 4_000}


def bookings(generation: Generation) -> list[Row]:
    """Return the bookings of points in order of time, defects undone."""
    rows = generation.undone("loyalty_transactions", SOURCE)
    return sorted(rows.values(), key=lambda row: (row["occurred_at"], row["points_change"]))


def test_no_balance_is_ever_negative(whole: Generation) -> None:
    balances: dict[str, int] = defaultdict(int)
    spent = 0
    for row in bookings(whole):
        balances[row["loyalty_id"]] += int(row["points_change"])
        spent += row["reason"] == "redemption"
        assert balances[row["loyalty_id"]] >= 0
    assert spent > 20


def test_members_state_what_was_booked(whole: Generation) -> None:
    earned: dict[str, int] = defaultdict(int)
    for row in bookings(whole):
        earned[row["loyalty_id"]] += max(int(row["points_change"]), 0)
    for key, row in whole.undone("loyalty_accounts", SOURCE).items():
        assert int(row["points_earned"]) == earned[key]
        reached = [tier for tier, start in TIER_STARTS.items() if earned[key] >= start]
        assert row["tier_level"] == reached[-1]


def test_early_deliveries_do_not_know_later_points(daily: Generation) -> None:
    delivered = {
        row["loyalty_id"]: day for day, row in daily.deliveries("loyalty_accounts", SOURCE)
    }
    earned: dict[str, int] = defaultdict(int)
    missing = 0
    for row in bookings(daily):
        is_known = row["occurred_at"][:10] <= delivered[row["loyalty_id"]]
        earned[row["loyalty_id"]] += max(int(row["points_change"]), 0) if is_known else 0
        missing += not is_known
    assert missing > 0
    for key, row in daily.undone("loyalty_accounts", SOURCE).items():
        assert int(row["points_earned"]) <= earned[key]


def test_members_name_their_own_shop_account(whole: Generation) -> None:
    members, shoppers = whole.people(SOURCE), whole.people("shop")
    accounts = whole.undone("loyalty_accounts", SOURCE)
    named = {key: row["customer_id"] for key, row in accounts.items() if row["customer_id"]}
    assert 0.75 < len(named) / len(accounts) < 0.95
    assert all(shoppers[account] == members[key] for key, account in named.items())


def test_orphans_are_exactly_those_in_truth(whole: Generation) -> None:
    accounts, customers = whole.rows("loyalty_accounts", SOURCE), whole.rows("customers")
    of_nobody = {
        key
        for key, row in whole.rows("loyalty_transactions", SOURCE).items()
        if row["loyalty_id"] not in accounts
    }
    misnamed = {
        key
        for key, row in accounts.items()
        if row["customer_id"] and row["customer_id"] not in customers
    }
    for feed, found in (("loyalty_transactions", of_nobody), ("loyalty_accounts", misnamed)):
        named = {
            row["record_key"] for row in whole.defects("orphan_key", f"{SOURCE}.{feed}", SOURCE)
        }
        assert found == named
        assert found
