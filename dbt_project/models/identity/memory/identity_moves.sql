-- Grain: one row per customer record and change of the customer it belongs to, ever: the id that it
-- left (null when it came) and the id that it joined (null when it went).
{{ config(materialized='view', post_hook=[]) }}

with logged as (
    select * from {{ ref('identity_customers_logged') }}
),

followed as (
    select
        *,
        lag(customer_id) over (
            partition by source_customer_key order by revision asc nulls last
        ) as last_customer_id,
        lag(is_removed) over (
            partition by source_customer_key order by revision asc nulls last
        ) as was_removed
    from logged
),

final as (
    select
        revision,
        build_id,
        recorded_at,
        source_customer_key,
        record_number,
        case when not was_removed then last_customer_id end as left_customer_id,
        case when not is_removed then customer_id end as joined_customer_id
    from followed
)

select * from final
