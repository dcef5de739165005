-- Grain: one row per opportunity that the CRM delivered, whether it counts or not.
-- Open ones hope for a day in the future, so a day of closing is no defect. What closes after the
-- as-of date is open on that date, at a stage and with a day hoped for that nobody noted.
with opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

stages as (
    select * from {{ ref('opportunity_stages') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

dated as (
    select
        *,
        'salesforce:' || opportunity_id as opportunity_key,
        'salesforce:' || source_customer_id as source_customer_key,
        {{ utc_date('created_at') }} as created_date,
        {{ utc_date('_loaded_at') }} as loaded_date
    from opportunities
),

joined as (
    select
        dated.*,
        customers.customer_id,
        as_of.as_of_date,
        coalesce(stages.is_closed, false)
        and coalesce(dated.close_date <= as_of.as_of_date, true) as is_closed,
        coalesce(stages.is_closed, false)
        and coalesce(dated.close_date > as_of.as_of_date, false) as is_closed_later,
        coalesce(stages.is_won, false) as has_won_stage
    from dated
    cross join as_of
    left join customers
        on dated.source_customer_key = customers.source_customer_key
    left join stages
        on dated.stage_name = stages.stage_name
),

final as (
    select
        opportunity_key,
        source_customer_key,
        customer_id,
        case when not is_closed_later then stage_name end as stage_name,
        is_closed,
        is_closed and has_won_stage as is_won,
        amount,
        created_at,
        created_date,
        case when not is_closed_later then close_date end as close_date,
        case when is_closed then {{ days_between('created_date', 'close_date') }} end
            as days_to_close,
        case
            when created_date is null then 'invalid_date'
            when {{ is_implausible_date('created_date') }} then 'implausible_date'
            when created_date > loaded_date then 'future_date'
            when created_date > as_of_date then 'after_as_of_date'
            when {{ is_impossible_amount('amount') }} then 'impossible_amount'
            when amount < 0 then 'negative_amount'
        end as exclusion_reason
    from joined
)

select * from final
