-- Invariant: where birth dates of one cluster have nothing in common, a link joins a record of the
-- one to a record of the other. Otherwise a third record without a date made one customer of father
-- and son.
with records as (
    select
        comparable_records.birth_day,
        clusters.cluster_key,
        components.component_key
    from {{ ref('identity_comparable_records') }} as comparable_records
    inner join {{ ref('identity_clusters') }} as clusters
        on comparable_records.source_customer_key = clusters.source_customer_key
    inner join {{ ref('identity_components') }} as components
        on comparable_records.source_customer_key = components.source_customer_key
    where comparable_records.birth_day is not null
),

cluster_days as (
    select distinct
        component_key,
        cluster_key,
        birth_day
    from records
)

select
    one_days.cluster_key,
    one_days.birth_day as earlier_day,
    other_days.birth_day as later_day
from cluster_days as one_days
inner join cluster_days as other_days
    on one_days.cluster_key = other_days.cluster_key and one_days.birth_day < other_days.birth_day
left join {{ ref('identity_reconciled_dates') }} as reconciled_dates
    on
        one_days.component_key = reconciled_dates.component_key
        and one_days.birth_day = reconciled_dates.earlier_day
        and other_days.birth_day = reconciled_dates.later_day
where
    reconciled_dates.component_key is null
    and {{ birth_dates_conflict('one_days', 'other_days') }}
