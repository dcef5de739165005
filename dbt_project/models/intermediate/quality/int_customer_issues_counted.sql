-- Grain: one row per customer feed, load batch and issue.
-- A new feed is one more branch of the union: what is judged is listed once.
{% set issues = [
    'missing_email', 'malformed_email', 'overshared_email',
    'missing_phone', 'impossible_phone', 'overshared_phone',
    'missing_name', 'mixed_case', 'stray_spaces', 'special_characters',
    'missing_country', 'unknown_country',
    'missing_date', 'unparseable_date', 'future_date', 'duplicate_record',
] %}
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

records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
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
),

matched as (
    select
        records.source_customer_key,
        count(*) over (partition by records.email) as email_holders,
        count(*) over (partition by records.phone) as phone_holders,
        row_number() over (
            partition by customers.customer_id, records.source_name
            order by
                records._first_batch_id asc nulls last,
                records._first_line asc nulls last,
                records.source_customer_key asc nulls last
        ) as rank_in_source
    from records
    inner join customers
        on records.source_customer_key = customers.source_customer_key
),

judged as (
    select
        rows_unioned.feed,
        rows_unioned._batch_id,
        rows_unioned.has_mixed_case as mixed_case,
        rows_unioned.has_stray_spaces as stray_spaces,
        rows_unioned.has_special_characters as special_characters,
        {{ clean_text('rows_unioned.email_raw') }} is null as missing_email,
        rows_unioned.email is null
        and {{ clean_text('rows_unioned.email_raw') }} is not null as malformed_email,
        rows_unioned.email is not null
        and matched.email_holders > {{ var('identity_max_shared_records') }} as overshared_email,
        {{ clean_text('rows_unioned.phone_raw') }} is null as missing_phone,
        rows_unioned.phone is null
        and {{ clean_text('rows_unioned.phone_raw') }} is not null as impossible_phone,
        rows_unioned.phone is not null
        and matched.phone_holders > {{ var('identity_max_shared_records') }} as overshared_phone,
        rows_unioned.first_name is null or rows_unioned.last_name is null as missing_name,
        rows_unioned.country is null as missing_country,
        rows_unioned.country is not null
        and rows_unioned.country_code is null as unknown_country,
        {{ clean_text('rows_unioned.created_at_raw') }} is null as missing_date,
        rows_unioned.created_at is null
        and {{ clean_text('rows_unioned.created_at_raw') }} is not null as unparseable_date,
        coalesce(
            {{ utc_date('rows_unioned.created_at') }} > {{ utc_date('rows_unioned._loaded_at') }},
            false
        ) as future_date,
        matched.rank_in_source > 1 as duplicate_record
    from rows_unioned
    inner join matched
        on rows_unioned.source_customer_key = matched.source_customer_key
),

counted as (
    select
        feed,
        _batch_id as batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by feed, _batch_id
),

final as (
    select
        counted.feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
)

select * from final
