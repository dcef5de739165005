"""Pairs and offers against pandas, computed from the facts alone."""

import re
import unicodedata

import pandas as pd
import pytest

from tests.integration.marts.warehouse import Warehouse

# As dbt_project.yml has them.
BASKET_PRODUCTS, PAIR_CUSTOMERS, SUPPORT_SHARE = 20, 5, 0.0005
BASIS_PRODUCTS, RULES_PER_PRODUCT, OFFERS = 4, 6, 5
PAIR = ["product_id", "offered_product_id"]
EXCLUDED_CHANNELS = ("vehicle", "service")


def plain(text: str | None) -> str | None:
    """Return a text without case, accents and marks."""
    if text is None:
        return None
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text).lower())


@pytest.fixture(scope="module")
def canonical(generated: Warehouse) -> pd.Series:
    """The one id under which each product is known, by product_id."""
    products = generated.frame("select * from warehouse_next.dim_products").sort_values(
        ["is_in_catalogue", "unit_price", "product_id"],
        key=lambda column: column.isna() if column.name == "unit_price" else column,
        ascending=[False, True, True],
    )
    names = products["product_name"].map(plain).fillna(products["product_id"])
    categories = products["category"].map(plain)
    categories = categories.fillna(categories.groupby(names).transform("min")).fillna("")
    first = products.groupby([names, categories])["product_id"]
    return products.assign(canonical=first.transform("first")).set_index("product_id")["canonical"]


def test_a_product_of_several_systems_is_one(generated: Warehouse, canonical: pd.Series) -> None:
    found = generated.frame(
        "select product_id, canonical_product_id from warehouse_next.dim_products"
    )
    assert found.set_index("product_id")["canonical_product_id"].to_dict() == canonical.to_dict()
    systems = canonical.index.str.partition(":").get_level_values(0)
    assert pd.Series(systems, canonical.to_numpy()).groupby(level=0).nunique().max() > 2


@pytest.fixture(scope="module")
def owned(generated: Warehouse, canonical: pd.Series) -> pd.DataFrame:
    """Each customer's products that can be offered, the latest first."""
    facts = generated.frame(
        "select customer_id, product_id, transaction_date from warehouse_next.fct_transactions"
        " where customer_id is not null and product_id is not null"
        f" and channel not in {EXCLUDED_CHANNELS}"
    )
    facts["product_id"] = facts["product_id"].map(canonical)
    products = facts.groupby(["customer_id", "product_id"], as_index=False).agg(
        last=("transaction_date", "max"), orders=("transaction_date", "size")
    )
    products = products.sort_values(
        ["customer_id", "last", "orders", "product_id"], ascending=[True, False, False, True]
    )
    return products.assign(rank=products.groupby("customer_id").cumcount() + 1)


@pytest.fixture(scope="module")
def pairs(owned: pd.DataFrame) -> pd.DataFrame:
    """Every ordered pair of products with enough customers, measured."""
    baskets = owned[owned["rank"] <= BASKET_PRODUCTS][["customer_id", "product_id"]]
    customers = baskets["product_id"].value_counts()
    both = baskets.merge(
        baskets.rename(columns={"product_id": "offered_product_id"}), on="customer_id"
    )
    both = both[both["product_id"] != both["offered_product_id"]]
    counted = both.groupby(PAIR, as_index=False).size()
    total = baskets["customer_id"].nunique()
    counted = counted[counted["size"] >= max(PAIR_CUSTOMERS, SUPPORT_SHARE * total)]
    has, offered = (customers.loc[counted[column]].to_numpy() for column in PAIR)
    return counted.assign(
        support_share=counted["size"] / total,
        confidence_share=counted["size"] / has,
        lift=counted["size"] * total / (has * offered),
    ).set_index(PAIR)


def test_pairs_against_pandas(generated: Warehouse, pairs: pd.DataFrame) -> None:
    found = generated.frame("select * from warehouse_next.product_pairs").set_index(PAIR)
    assert len(found) == len(pairs) > 0
    found = found.loc[pairs.index]
    assert (found["customers_with_both"] == pairs["size"]).all()
    for measure, digits in (("support_share", 8), ("confidence_share", 6), ("lift", 4)):
        difference = (found[measure].astype(float) - pairs[measure]).abs()
        assert difference.max() <= 0.6 * 10**-digits


def test_offers_are_the_strongest_rules(
    generated: Warehouse, owned: pd.DataFrame, pairs: pd.DataFrame
) -> None:
    """The lifts of each customer's offers; ties may name different products."""
    rules = pairs.reset_index().sort_values(
        ["product_id", "lift", "size", "offered_product_id"],
        ascending=[True, False, False, True],
        key=lambda column: column.round(9) if column.name == "lift" else column,
    )
    rules = rules[rules.groupby("product_id").cumcount() < RULES_PER_PRODUCT]
    rules = rules[rules["lift"] > 1 + 1e-12]
    basis = owned[owned["rank"] <= BASIS_PRODUCTS][["customer_id", "product_id"]]
    candidates = basis.merge(rules, on="product_id")
    have = pd.MultiIndex.from_frame(owned[["customer_id", "product_id"]])
    offered = pd.MultiIndex.from_frame(candidates[["customer_id", "offered_product_id"]])
    best = candidates[~offered.isin(have)].groupby(["customer_id", "offered_product_id"])
    expected = best["lift"].max().groupby("customer_id").nlargest(OFFERS).droplevel(0)
    expected = expected.reset_index()

    found = generated.frame(
        "select customer_id, lift from warehouse_next.next_best_offers"
        " where offer_basis = 'product' order by customer_id, offer_rank"
    )
    assert list(found["customer_id"]) == list(expected["customer_id"])
    assert found["lift"].astype(float).to_numpy() == pytest.approx(expected["lift"], abs=6e-5)


def test_every_customer_with_a_purchase_has_all_offers(generated: Warehouse) -> None:
    counts = generated.frame(
        "select count(distinct offers.customer_id) as offered, count(*) as offers,"
        " (select count(*) from warehouse_next.customer_metrics) as customers"
        " from warehouse_next.next_best_offers as offers"
    ).iloc[0]
    assert counts["offered"] == counts["customers"]
    assert counts["offers"] == OFFERS * counts["customers"]


def test_nothing_is_offered_that_any_system_sold_or_that_is_no_goods(
    generated: Warehouse, canonical: pd.Series
) -> None:
    offers = generated.frame("select * from warehouse_next.next_best_offers")
    sold = generated.frame(
        "select customer_id, product_id, channel from warehouse_next.fct_transactions"
    )
    sold["product_id"] = sold["product_id"].map(canonical)
    pairs = set(zip(offers["customer_id"], offers["offered_product_id"], strict=True))
    assert not pairs & set(zip(sold["customer_id"], sold["product_id"], strict=True))
    no_goods = set(sold.loc[sold["channel"].isin(EXCLUDED_CHANNELS), "product_id"])
    assert no_goods
    assert not no_goods & {*offers["offered_product_id"], *offers["basis_product_id"]}


def test_reasons_say_what_the_facts_say(generated: Warehouse, owned: pd.DataFrame) -> None:
    """Best sellers count each buyer once, from whichever system; others quote their own lift."""
    offers = generated.frame("select * from warehouse_next.next_best_offers")
    buyers = owned["product_id"].value_counts()
    popular = offers[offers["offer_basis"] == "popularity"].drop_duplicates("offered_product_id")
    assert len(popular) > 0
    for _, offer in popular.iterrows():
        count = buyers[offer["offered_product_id"]]
        assert offer["reason"] == f"A best seller: {count} customers have bought it."
    names = generated.frame("select product_id, product_name from warehouse_next.dim_products")
    names = names.set_index("product_id")["product_name"]
    rules = offers[offers["offer_basis"] == "product"]
    for _, offer in rules.head(200).iterrows():
        assert offer["reason"].startswith(f"Buyers of {names[offer['basis_product_id']]} buy it ")
        assert f": {offer['supporting_customers']} customers, " in offer["reason"]
        bought = owned[owned["customer_id"] == offer["customer_id"]]["product_id"]
        assert offer["basis_product_id"] in set(bought)
