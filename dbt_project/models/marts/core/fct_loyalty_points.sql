-- Grain: one row per booking of loyalty points that counts.
-- Sign rule: points that a member got are positive, points spent are negative, so that the sum is
-- the balance. What does not count stays, with its reason, in int_loyalty_points_judged.
with points as (
    select * from {{ ref('int_loyalty_points_judged') }}
),

points_counted as (
    select
        loyalty_transaction_id,
        customer_id,
        occurred_at,
        occurred_date,
        points_change,
        reason,
        {{ pseudonym('loyalty_id') }} as loyalty_pseudonym
    from points
    where exclusion_reason is null
)

select * from points_counted
