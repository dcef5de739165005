-- Grain: one row per customer and version of the golden record (slowly changing dimension, type 2).
-- Half-open intervals: a version holds from valid_from on, up to and without valid_to. Of several
-- versions of one day the last one stands: nothing smaller than a day is told apart.
with versions as (
    select * from {{ ref('int_customer_versions_logged') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

versions_ranked as (
    select
        versions.*,
        row_number() over (
            partition by versions.customer_id, versions.valid_from
            order by versions.recorded_at desc nulls last
        ) as recency
    from versions
    cross join as_of
    where versions.valid_from <= as_of.as_of_date
),

intervals as (
    select
        *,
        row_number() over (
            partition by customer_id order by valid_from asc nulls last
        ) as version_number,
        lead(valid_from) over (
            partition by customer_id order by valid_from asc nulls last
        ) as valid_to
    from versions_ranked
    where recency = 1
),

final as (
    select
        customer_id || ':' || cast(version_number as {{ dbt.type_string() }})
            as customer_version_id,
        customer_id,
        version_number,
        valid_from,
        valid_to,
        valid_to is null as is_current,
        city,
        state,
        country,
        country_code,
        recorded_at
    from intervals
    where not is_removed
)

select * from final
