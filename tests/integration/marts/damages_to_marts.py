"""Damages to marts, each with the singular test that finds it."""

ONE_TRANSACTION = "(select min(transaction_id) from warehouse_next.fct_transactions)"
ONE_CUSTOMER = "(select min(customer_id) from warehouse_next.customer_rfm)"
BUSY_DAY = "(select max(metric_date) - 30 from warehouse_next.daily_metrics)"

DAMAGES_TO_MARTS = [
    (
        "assert_consents_reconcile_with_staging",
        "delete from intermediate.int_consent_events_judged where consent_event_id ="
        " (select min(consent_event_id) from intermediate.int_consent_events_judged)",
    ),
    (
        "assert_consents_reconcile_with_staging",
        "delete from warehouse_next.customer_consents where state = 'withdrawn'",
    ),
    (
        "assert_only_who_allows_it_is_contacted",
        "insert into warehouse_next.marketing_audience (customer_id, purpose, channel)"
        " select customer_id, purpose, 'email' from warehouse_next.customer_consents"
        " where purpose = 'email_marketing' and state = 'withdrawn' limit 1",
    ),
    (
        "assert_only_who_allows_it_is_contacted",
        "insert into warehouse_next.marketing_audience (customer_id, purpose, channel)"
        " select customer_id, 'email_marketing', 'email' from warehouse_next.dim_customers"
        " except select customer_id, purpose, 'email' from warehouse_next.customer_consents",
    ),
    (
        "assert_only_who_allows_it_is_contacted",
        "update warehouse_next.dim_customers set has_phone = false",
    ),
    *[
        (
            "assert_only_who_allows_it_is_contacted",
            "insert into intermediate.int_consent_events_judged"
            f" (customer_id, purpose, decision, effective_at) select customer_id, {purpose},"
            " 'withdrawn', granted_at from warehouse_next.marketing_audience limit 1",
        )
        for purpose in ("purpose", "'processing'", "null")
    ],
    (
        "assert_only_who_allows_it_is_contacted",
        "update warehouse_next.dim_customers_personal set email = (select min(people.email)"
        " from warehouse_next.customer_consents as refused"
        " inner join warehouse_next.dim_customers_personal as people using (customer_id)"
        " where refused.purpose = 'email_marketing' and refused.state = 'withdrawn')"
        " where customer_id = (select min(customer_id) from warehouse_next.marketing_audience"
        " where channel = 'email')",
    ),
    (
        "assert_transactions_reconcile_with_staging",
        f"delete from warehouse_next.fct_transactions where transaction_id = {ONE_TRANSACTION}",
    ),
    (
        "assert_transactions_reconcile_with_staging",
        "insert into warehouse_next.fct_transactions select * from warehouse_next.fct_transactions"
        f" where transaction_id = {ONE_TRANSACTION}",
    ),
    (
        "assert_returns_reconcile_with_staging",
        "delete from warehouse_next.fct_returns"
        " where return_id = (select min(return_id) from warehouse_next.fct_returns)",
    ),
    (
        "assert_loyalty_points_reconcile_with_staging",
        "delete from warehouse_next.fct_loyalty_points where loyalty_transaction_id ="
        " (select min(loyalty_transaction_id) from warehouse_next.fct_loyalty_points)",
    ),
    (
        "assert_loyalty_points_reconcile_with_staging",
        "update warehouse_next.loyalty_summary set points_outstanding = points_outstanding + 1"
        " where loyalty_tier = 'Gold'",
    ),
    (
        "assert_support_contacts_reconcile_with_staging",
        "insert into warehouse_next.fct_support_interactions"
        " select * from warehouse_next.fct_support_interactions where interaction_id ="
        " (select min(interaction_id) from warehouse_next.fct_support_interactions)",
    ),
    (
        "assert_support_contacts_reconcile_with_staging",
        "update warehouse_next.support_impact set tickets = tickets + 1 where segment ="
        " (select min(segment) from warehouse_next.support_impact)",
    ),
    (
        "assert_marts_agree_on_revenue",
        "update warehouse_next.customer_360 set gross_spend = gross_spend + 0.01"
        f" where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_marts_agree_on_revenue",
        "update warehouse_next.daily_metrics set refunded_amount = refunded_amount - 0.01"
        f" where metric_date = {BUSY_DAY}",
    ),
    (
        "assert_models_beat_their_baselines",
        "insert into warehouse_next.model_backtests (target, model, cut_off_date, is_baseline, auc)"
        " values ('churn', 'health', '2024-06-30', false, 0.70),"
        " ('churn', 'health', '2024-09-30', false, 0.70),"
        " ('churn', 'recency_only', '2024-06-30', true, 0.69),"
        " ('churn', 'recency_only', '2024-09-30', true, 0.72)",
    ),
    (
        "assert_models_beat_their_baselines",
        "insert into warehouse_next.model_backtests"
        " (target, model, cut_off_date, is_baseline, auc, lift_top_decile, brier_score)"
        " values ('churn', 'health', '2024-06-30', false, 0.70, 2.0, 0.11),"
        " ('churn', 'recency_only', '2024-06-30', true, 0.70, 2.0, 0.10)",
    ),
    (
        "assert_models_beat_their_baselines",
        "insert into warehouse_next.model_backtests"
        " (target, model, cut_off_date, is_baseline, auc, lift_top_decile)"
        " values ('value', 'lifetime', '2024-06-30', false, 0.70, 2.0),"
        " ('value', 'recency_only', '2024-06-30', true, 0.70, 2.1)",
    ),
    (
        "assert_retail_marts_agree_on_revenue",
        "update warehouse_next.seasonal_analysis set revenue = revenue - 0.01"
        " where season = 'Winter'",
    ),
    (
        "assert_retail_marts_agree_on_revenue",
        "delete from warehouse_next.store_product_performance where store_id ="
        " (select min(store_id) from warehouse_next.store_product_performance)",
    ),
    (
        "assert_customer_marts_hold_the_same_customers",
        f"delete from warehouse_next.customer_clv where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_customer_marts_hold_the_same_customers",
        "insert into warehouse_next.customer_360 select * from warehouse_next.customer_360"
        f" where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_cohorts_hold_every_observed_month",
        "delete from warehouse_next.cohort_retention where cohort_month ="
        " (select min(cohort_month) from warehouse_next.cohort_retention)"
        " and months_since_first_purchase = 2",
    ),
    (
        "assert_cohorts_hold_every_observed_month",
        "update warehouse_next.cohort_retention set cohort_size = cohort_size + 1"
        " where cohort_month = (select max(cohort_month) from warehouse_next.cohort_retention)",
    ),
    (
        "assert_weekly_cohorts_hold_every_observed_week",
        "delete from warehouse_next.weekly_cohort_retention where cohort_week ="
        " (select min(cohort_week) from warehouse_next.weekly_cohort_retention)"
        " and weeks_since_first_purchase = 2",
    ),
    (
        "assert_weekly_cohorts_hold_every_observed_week",
        "update warehouse_next.weekly_cohort_retention set revenue = revenue + 0.01"
        " where activity_week = (select max(activity_week)"
        " from warehouse_next.weekly_cohort_retention)",
    ),
    (
        "assert_daily_metrics_have_no_gap",
        f"delete from warehouse_next.daily_metrics where metric_date = {BUSY_DAY}",
    ),
    (
        "assert_attribution_credits_sum_to_revenue",
        "update warehouse_next.campaign_conversion_credits set linear_credit = linear_credit + 0.01"
        " where transaction_id ="
        " (select min(transaction_id) from warehouse_next.campaign_conversion_credits)",
    ),
    (
        "assert_attribution_credits_sum_to_revenue",
        "update warehouse_next.fct_transactions set amount = amount + 0.01 where transaction_id ="
        " (select max(transaction_id) from warehouse_next.campaign_conversion_credits)",
    ),
    (
        "assert_attribution_credits_sum_to_revenue",
        "update warehouse_next.campaign_attribution set credited_revenue = credited_revenue - 0.01"
        " where attribution_model = 'time_decay'"
        " and campaign_id = (select min(campaign_id) from warehouse_next.dim_campaigns)",
    ),
    (
        "assert_campaigns_agree_with_their_facts",
        "update warehouse_next.campaign_performance set revenue = revenue + 0.01"
        " where campaign_id = (select min(campaign_id) from warehouse_next.dim_campaigns)",
    ),
    (
        "assert_campaigns_agree_with_their_facts",
        "insert into warehouse_next.dim_campaigns (campaign_id, campaign_name) values ('tv', 'TV')",
    ),
    (
        "assert_marketing_reconciles_with_staging",
        "delete from warehouse_next.fct_campaign_touches where touch_id = (select min(touch_id)"
        " from warehouse_next.fct_campaign_touches where touch_type = 'SESSION')",
    ),
    (
        "assert_marketing_reconciles_with_staging",
        "update warehouse_next.fct_shopping_behaviour set purchase_amount = purchase_amount + 0.01"
        " where answer_id = (select min(answer_id) from warehouse_next.fct_shopping_behaviour)",
    ),
    (
        "assert_fact_amounts_are_never_negative",
        "update warehouse_next.fct_transactions set amount = -0.01"
        f" where transaction_id = {ONE_TRANSACTION}",
    ),
    (
        "assert_fact_amounts_are_never_negative",
        "update warehouse_next.fct_returns set return_date = return_date + 3650",
    ),
    (
        "assert_offers_are_not_owned",
        "update warehouse_next.next_best_offers as offers set offered_product_id = owned.product_id"
        " from warehouse_next.fct_transactions as owned"
        f" where offers.customer_id = owned.customer_id and offers.customer_id = {ONE_CUSTOMER}",
    ),
    (  # what another system sold under an id of its own
        "assert_offers_are_not_owned",
        "update warehouse_next.next_best_offers as offers set offered_product_id = other.product_id"
        " from warehouse_next.fct_transactions as owned"
        " inner join warehouse_next.dim_products as product using (product_id)"
        " inner join warehouse_next.dim_products as other using (canonical_product_id)"
        " where offers.customer_id = owned.customer_id and offers.offer_rank = 1"
        " and other.source_name <> product.source_name",
    ),
    (
        "assert_offers_are_not_owned",
        "update warehouse_next.next_best_offers set offered_product_id = (select min(product_id)"
        " from warehouse_next.fct_transactions where channel = 'vehicle')"
        f" where offer_rank = 1 and customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_monthly_kpis_agree_with_other_marts",
        "update warehouse_next.monthly_kpis set net_revenue = net_revenue + 0.01"
        " where kpi_month = (select min(kpi_month) from warehouse_next.monthly_kpis)",
    ),
    (
        "assert_monthly_kpis_agree_with_other_marts",
        "update warehouse_next.customer_360 set is_active = not is_active"
        f" where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_monthly_kpis_agree_with_other_marts",
        f"delete from warehouse_next.customer_rfm where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_current_segments_are_those_of_customer_360",
        "update warehouse_next.customer_360 set rfm_segment = 'Elsewhere'"
        f" where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_current_segments_are_those_of_customer_360",
        f"delete from warehouse_next.customer_segments_history where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_current_segments_are_those_of_customer_360",
        "insert into warehouse_next.customer_segments_history (customer_id, is_current)"
        " values ('C0', true)",
    ),
    (
        "assert_migrations_agree_with_the_matrix",
        "delete from warehouse_next.customer_segment_migrations where direction = 'Up'",
    ),
    (
        "assert_migrations_agree_with_the_matrix",
        "update warehouse_next.segment_migration_matrix set customers = customers + 1",
    ),
    (
        "assert_offers_are_not_owned",
        f"delete from warehouse_next.next_best_offers where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_offers_are_not_owned",
        "delete from warehouse_next.next_best_offers where offer_rank = 2",
    ),
    (
        "assert_current_customers_have_one_current_version",
        f"delete from warehouse_next.dim_customers_history where customer_id = {ONE_CUSTOMER}",
    ),
    (
        "assert_current_customers_have_one_current_version",
        "update warehouse_next.dim_customers_personal set street = 'elsewhere' where customer_id"
        f" = {ONE_CUSTOMER}",
    ),
    (
        "assert_current_customers_have_one_current_version",
        "insert into warehouse_next.dim_customers_history (customer_id, is_current)"
        " values ('C0', true)",
    ),
]
