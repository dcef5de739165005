"""Damages to raw, staging, identity and seeds, each with the singular test that finds it."""

OTHER_CUSTOMERS_RECORD = (
    "(select min(others.source_customer_key) from identity.identity_clusters_decided as others"
    " where others.cluster_key <> identity_clusters_decided.cluster_key)"
)

# What the loader sets aside, had it come into raw all the same: a key that cleaning leaves empty.
BLANK_KEYS = [
    (
        f"assert_{facts}_reconcile_with_raw",
        f"insert into raw.{table}__rows ({columns}, _line, _batch_id) values ({values}, 1, 1)",
    )
    for facts, table, columns, values in (
        ("products", "shop__products", "product_id", r"U&'\00A0'"),
        ("products", "retail_api__products", "product_id", r"U&'\00A0'"),
        ("transactions", "shop__online_transactions", "order_id, amount", r"U&'\00A0', '77.00'"),
        ("transactions", "shop__returns", "return_id", r"U&'\200B'"),
        ("transactions", "stores__instore_transactions", "transaction_id", r"U&'\00A0'"),
        ("transactions", "retail_api__transactions", "transaction_id", r"U&'\00A0'"),
        ("transactions", "loyalty__loyalty_transactions", "loyalty_transaction_id", r"U&'\00A0'"),
        ("transactions", "consent__consent_events", "consent_event_id", r"U&'\00A0'"),
        ("transactions", "support__service_interactions", "interaction_id", r"U&'\00A0'"),
        ("transactions", "external__transactions", "source, transaction_id", r"'a', U&'\FEFF'"),
        ("transactions", "external__transactions", "source, transaction_id", r"U&'\3000', '1'"),
        ("customer_records", "shop__customers", "customer_id", r"U&'\00A0'"),
        ("customer_records", "retail_api__customers", "customer_id", r"U&'\00A0'"),
        ("customer_records", "loyalty__loyalty_accounts", "loyalty_id", r"U&'\00A0'"),
        ("transactions", "dealership__vehicle_sales", "sale_id, sale_price", r"U&'\00A0', '77.00'"),
        ("transactions", "dealership__service_records", "service_id", r"U&'\200B'"),
        ("transactions", "salesforce__opportunities", "id", r"U&'\00A0'"),
        ("customer_records", "salesforce__contacts", "id", r"U&'\00A0'"),
        ("customer_records", "dynamics__contacts", "contactid", r"U&'\00A0'"),
        ("customer_records", "dealership__customers", "customer_id", r"U&'\00A0'"),
        ("customer_records", "external__customers", "source, source_id", r"'a', U&'\200B'"),
        ("customer_records", "external__customers", "source, source_id", r"U&'\FEFF', '1'"),
    )
]
DAMAGES_BELOW_MARTS = [
    *BLANK_KEYS,
    (
        "assert_customer_records_reconcile_with_raw",
        "delete from identity.identity_customers where source_customer_key in"
        " (select min(source_customer_key) from identity.identity_customers)",
    ),
    *[
        (
            "assert_decisions_hold",
            f"insert into identity.identity_decisions select 1, '{kind}', {pair}"
            " from identity.identity_clusters_decided group by cluster_key having count(*) > 1"
            " limit 1",
        )
        for kind, pair in (
            ("unlink", "min(source_customer_key), max(source_customer_key)"),
            ("link", f"min(source_customer_key), {OTHER_CUSTOMERS_RECORD}"),
        )
    ],
    (
        "assert_birth_dates_of_a_cluster_agree",
        "update identity.identity_clusters set cluster_key = 'all'"
        " where source_customer_key like 'dynamics:%'",
    ),
    (
        "assert_clusters_are_within_the_limit",
        "update identity.identity_clusters set cluster_key = 'all'",
    ),
    (
        "assert_rfm_segments_cover_every_cell_once",
        "delete from seeds.rfm_segments"
        " where recency_score = 3 and frequency_score = 1 and monetary_score = 5",
    ),
    (
        "assert_rfm_segments_cover_every_cell_once",
        "insert into seeds.rfm_segments select * from seeds.rfm_segments limit 1",
    ),
    ("assert_health_weights_sum_to_one", "update seeds.health_weights set weight = weight + 0.01"),
    (
        "assert_health_weights_sum_to_one",
        "delete from seeds.health_weights where component = 'order_value'",
    ),
    (
        "assert_engagement_weights_sum_to_one",
        "update seeds.engagement_weights set weight = weight + 0.01",
    ),
    (
        "assert_engagement_weights_sum_to_one",
        "update seeds.engagement_weights set full_value = 0 where component = 'recency'",
    ),
    (
        "assert_lowest_tiers_have_no_lower_bound",
        "update seeds.clv_tiers set minimum_value = 0 where minimum_value is null",
    ),
    (
        "assert_lowest_tiers_have_no_lower_bound",
        "update seeds.price_segments set minimum_price = 0 where minimum_price is null",
    ),
    (
        "assert_lowest_tiers_have_no_lower_bound",
        "delete from seeds.value_segments where minimum_net_spend is null",
    ),
    (
        "assert_lowest_tiers_have_no_lower_bound",
        "update seeds.health_bands set minimum_score = 1 where minimum_score = 0",
    ),
    (
        "assert_products_reconcile_with_raw",
        "delete from staging.stg_shop__products where product_id in"
        " (select min(product_id) from staging.stg_shop__products)",
    ),
    (
        "assert_products_reconcile_with_raw",
        "update staging.stg_shop__products set unit_price = unit_price + 0.01 where product_id in"
        " (select min(product_id) from staging.stg_shop__products)",
    ),
    (
        "assert_transactions_reconcile_with_raw",
        "delete from staging.stg_shop__online_transactions where order_id in"
        " (select min(order_id) from staging.stg_shop__online_transactions)",
    ),
    (
        "assert_transactions_reconcile_with_raw",
        "update staging.stg_shop__online_transactions set amount = amount + 0.01 where order_id in"
        " (select min(order_id) from staging.stg_shop__online_transactions)",
    ),
    (
        "assert_lowest_tiers_have_no_lower_bound",
        "update seeds.churn_risk_levels set minimum_probability = 0.1"
        " where minimum_probability = 0",
    ),
    (
        "assert_rfm_scoring_is_complete",
        "delete from seeds.rfm_scoring where component = 'monetary'",
    ),
    (
        "assert_rfm_scoring_is_complete",
        "update seeds.rfm_scoring set method = 'threshold', threshold_3 = 30"
        " where component = 'recency'",
    ),
    (
        "assert_marketing_reconciles_with_raw",
        "delete from staging.stg_digital__events where event_id ="
        " (select min(event_id) from staging.stg_digital__events)",
    ),
    (
        "assert_marketing_reconciles_with_raw",
        "update staging.stg_marketing__campaign_spend set spend = spend + 0.01 where spend_id ="
        " (select min(spend_id) from staging.stg_marketing__campaign_spend)",
    ),
]
