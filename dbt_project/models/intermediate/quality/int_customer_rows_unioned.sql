-- Grain: one row per customer record of any feed, as delivered, beside what became of it.
-- A new feed is one more line: its staging model, its name, and the system that it speaks for.
{# A ready feed serves several systems and says which. #}
{% set named_by_row = {'external': 'source_name'} %}
{% set feeds = [
    ['stg_shop__customers', 'shop.customers', 'shop'],
    ['stg_retail_api__customers', 'retail_api.customers', 'retail_api'],
    ['stg_loyalty__loyalty_accounts', 'loyalty.loyalty_accounts', 'loyalty'],
    ['stg_salesforce__contacts', 'salesforce.contacts', 'salesforce'],
    ['stg_dynamics__contacts', 'dynamics.contacts', 'dynamics'],
    ['stg_dealership__customers', 'dealership.customers', 'dealership'],
    ['stg_external__customers', 'external.customers', 'external'],
] %}

with rows_unioned as (
    {% for model, feed, system in feeds %}
        select
            '{{ feed }}' as feed,
            {{ named_by_row.get(system, text_literal(system)) }}
            || ':' || source_customer_id as source_customer_key,
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
        from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from rows_unioned
