-- Invariant: the bookings of staging are those of fct_loyalty_points plus those left out, each for
-- one reason, in count and in points; and the tiers hold the points of all known customers.
-- A join that doubles or a filter that loses bookings breaks it, and every balance with it.
with parts as (
    select
        'staging' as subject,
        1 as bookings,
        points_change,
        0 as other_bookings,
        0 as other_points
    from {{ ref('stg_loyalty__loyalty_transactions') }}
    union all
    select
        'staging' as subject,
        0 as bookings,
        0 as points_change,
        1 as other_bookings,
        points_change as other_points
    from {{ ref('fct_loyalty_points') }}
    union all
    select
        'staging' as subject,
        0 as bookings,
        0 as points_change,
        1 as other_bookings,
        points_change as other_points
    from {{ ref('int_loyalty_points_judged') }}
    where exclusion_reason is not null
    union all
    select
        'loyalty_summary' as subject,
        0 as bookings,
        points_change,
        0 as other_bookings,
        0 as other_points
    from {{ ref('fct_loyalty_points') }}
    where customer_id is not null
    union all
    select
        'loyalty_summary' as subject,
        0 as bookings,
        0 as points_change,
        0 as other_bookings,
        points_outstanding as other_points
    from {{ ref('loyalty_summary') }}
),

compared as (
    select
        subject,
        sum(bookings) as bookings,
        sum(other_bookings) as other_bookings,
        coalesce(sum(points_change), 0) as points,
        coalesce(sum(other_points), 0) as other_points
    from parts
    group by subject
)

select *
from compared
where
    bookings <> other_bookings
    or points <> other_points
