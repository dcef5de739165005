-- Invariant: each customer of customer_360 has exactly one current stay in
-- customer_segments_history, in the same segments, and nobody else has one.
-- A log that misses a change, or a stay that never ends, breaks it. A replay of a day before the
-- newest one noted logs nothing, so there is nothing to compare then.
with log_state as (
    select max(valid_from) as newest_logged_date
    from {{ ref('int_customer_segments_logged') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

stays as (
    select *
    from {{ ref('customer_segments_history') }}
    where is_current
),

compared as (
    select
        coalesce(customers.customer_id, stays.customer_id) as customer_id,
        case
            when
                customers.value_segment = stays.value_segment
                and coalesce(customers.rfm_segment, 'none') = coalesce(stays.rfm_segment, 'none')
                then 1
            else 0
        end as same_rows
    from {{ ref('customer_360') }} as customers
    full outer join stays
        on customers.customer_id = stays.customer_id
),

counted as (
    select
        customer_id,
        count(*) as stay_rows,
        sum(same_rows) as same_rows
    from compared
    group by customer_id
)

select counted.*
from counted
cross join log_state
cross join as_of
where
    as_of.as_of_date >= log_state.newest_logged_date
    and (counted.stay_rows <> 1 or counted.same_rows <> 1)
