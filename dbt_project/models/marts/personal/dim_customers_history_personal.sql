-- Grain: one row per customer and version of the golden record, as in dim_customers_history.
with versions as (
    select * from {{ ref('dim_customers_history') }}
),

logged as (
    select * from {{ ref('int_customer_versions_logged') }}
),

final as (
    select
        versions.customer_version_id,
        versions.customer_id,
        logged.first_name,
        logged.last_name,
        logged.email,
        logged.phone,
        logged.birth_date,
        logged.street,
        logged.postcode
    from versions
    inner join logged
        on
            versions.customer_id = logged.customer_id
            and versions.valid_from = logged.valid_from
            and versions.recorded_at = logged.recorded_at
)

select * from final
