-- Grain: one row per opportunity that counts.
-- What sales staff hope for is no revenue: nothing here may be added to fct_transactions.
with opportunities as (
    select * from {{ ref('int_opportunities_judged') }}
),

opportunities_counted as (
    select
        opportunity_key as opportunity_id,
        customer_id,
        stage_name,
        is_closed,
        is_won,
        amount,
        created_at,
        created_date,
        close_date,
        days_to_close
    from opportunities
    where exclusion_reason is null
)

select * from opportunities_counted
