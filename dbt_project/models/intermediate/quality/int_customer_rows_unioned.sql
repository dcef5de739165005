-- Grain: one row per customer record of any feed, as delivered, beside what became of it.
-- A new feed is one more branch of the union: what is judged is listed once.
{% set judged_columns %}
    first_name,
    last_name,
    email,
    email_raw,
    phone,
    phone_raw,
    country,
    country_code,
    created_at,
    created_at_raw,
    has_mixed_case,
    has_stray_spaces,
    has_special_characters,
    _batch_id,
    _loaded_at
{% endset %}

with shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

loyalty_accounts as (
    select * from {{ ref('stg_loyalty__loyalty_accounts') }}
),

salesforce_contacts as (
    select * from {{ ref('stg_salesforce__contacts') }}
),

dynamics_contacts as (
    select * from {{ ref('stg_dynamics__contacts') }}
),

dealership_customers as (
    select * from {{ ref('stg_dealership__customers') }}
),

retail_api_customers as (
    select * from {{ ref('stg_retail_api__customers') }}
),

external_customers as (
    select * from {{ ref('stg_external__customers') }}
),

rows_unioned as (
    select
        'shop.customers' as feed,
        'shop:' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from shop_customers
    union all
    select
        'retail_api.customers' as feed,
        'retail_api:' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from retail_api_customers
    union all
    select
        'loyalty.loyalty_accounts' as feed,
        'loyalty:' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from loyalty_accounts
    union all
    select
        'salesforce.contacts' as feed,
        'salesforce:' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from salesforce_contacts
    union all
    select
        'dynamics.contacts' as feed,
        'dynamics:' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from dynamics_contacts
    union all
    select
        'dealership.customers' as feed,
        'dealership:' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from dealership_customers
    union all
    select
        'external.customers' as feed,
        source_name || ':' || source_customer_id as source_customer_key,
        {{ judged_columns }}
    from external_customers
)

select * from rows_unioned
