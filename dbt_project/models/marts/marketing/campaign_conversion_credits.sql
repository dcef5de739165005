-- Grain: one row per conversion and touch before it.
-- Days decide what is before: the shop delivers most orders without their time of day. A touch on
-- the day of the order counts as one before it.
{% set end_share = var('attribution_end_share') %}

with transactions as (
    select * from {{ ref('fct_transactions') }}
),

touches as (
    select * from {{ ref('fct_campaign_touches') }}
),

paths as (
    select
        transactions.transaction_id,
        touches.touch_id,
        transactions.customer_id,
        touches.campaign_id,
        transactions.transaction_date,
        transactions.amount as revenue,
        {{ days_between('touches.touch_date', 'transactions.transaction_date') }}
            as days_before_conversion,
        row_number() over (
            partition by transactions.transaction_id
            order by touches.touched_at asc nulls last, touches.touch_id asc nulls last
        ) as touch_number,
        count(*) over (partition by transactions.transaction_id) as touch_count
    from transactions
    inner join touches
        on
            transactions.customer_id = touches.customer_id
            and transactions.transaction_date >= touches.touch_date
            and touches.touch_date >= {{
                add_days('transactions.transaction_date', '-' ~ var('attribution_lookback_days'))
            }}
    where transactions.channel in ({{ text_list(var('attribution_channels')) }})
),

-- Weights matter only in proportion, so decay may start at the last touch, where nothing is lost.
-- Its power is one of floating-point numbers: of exact ones it takes a hundred times as long.
decayed as (
    select
        *,
        cast(
            power(
                cast(0.5 as {{ dbt.type_float() }}),
                1.0 * (
                    days_before_conversion
                    - min(days_before_conversion) over (partition by transaction_id)
                ) / {{ var('attribution_half_life_days') }}
            ) as numeric(18, 12)
        ) as time_decay_weight
    from paths
),

-- What has been given out after a touch and before it: of linear and position-based credit this is
-- known from the touch's number, at a fraction of the cost of a running sum.
shared as (
    select
        *,
        case
            when touch_count <= 2 then touch_number
            when touch_number = touch_count then touch_count - 2
            else
                {{ end_share }} * (touch_count - 2)
                + (1 - 2 * {{ end_share }}) * (touch_number - 1)
        end as position_based_through,
        case
            when touch_count <= 2 then touch_number - 1
            when touch_number = 1 then 0
            else
                {{ end_share }} * (touch_count - 2)
                + (1 - 2 * {{ end_share }}) * (touch_number - 2)
        end as position_based_before,
        case when touch_count <= 2 then touch_count else touch_count - 2 end
            as position_based_whole,
        sum(time_decay_weight) over (
            partition by transaction_id
            order by touch_number asc nulls last
            rows between unbounded preceding and current row
        ) as time_decay_through,
        sum(time_decay_weight) over (partition by transaction_id) as time_decay_whole
    from decayed
),

final as (
    select
        transaction_id,
        touch_id,
        customer_id,
        campaign_id,
        transaction_date,
        revenue,
        days_before_conversion,
        touch_number,
        touch_count,
        cast(
            case when touch_number = 1 then 1 else 0 end as numeric(12, 10)
        ) as first_touch_share,
        cast(
            case when touch_number = touch_count then 1 else 0 end as numeric(12, 10)
        ) as last_touch_share,
        cast(1.0 / touch_count as numeric(12, 10)) as linear_share,
        cast(
            1.0 * (position_based_through - position_based_before) / position_based_whole
            as numeric(12, 10)
        ) as position_based_share,
        cast(
            1.0 * time_decay_weight / time_decay_whole as numeric(12, 10)
        ) as time_decay_share,
        cast(
            case when touch_number = 1 then revenue else 0 end as numeric(14, 2)
        ) as first_touch_credit,
        cast(
            case when touch_number = touch_count then revenue else 0 end as numeric(14, 2)
        ) as last_touch_credit,
        {{ divided_amount('revenue', 'touch_number - 1', 'touch_number', 'touch_count') }}
            as linear_credit,
        {{ divided_amount(
            'revenue', 'position_based_before', 'position_based_through', 'position_based_whole'
        ) }} as position_based_credit,
        {{ divided_amount(
            'revenue', 'time_decay_through - time_decay_weight', 'time_decay_through',
            'time_decay_whole'
        ) }} as time_decay_credit
    from shared
)

select * from final
