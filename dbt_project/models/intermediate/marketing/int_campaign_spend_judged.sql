-- Grain: one row per campaign and day that a cost was delivered for, whether it counts or not.
with costs as (
    select * from {{ ref('stg_marketing__campaign_spend') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

judged as (
    select
        costs.spend_id,
        lower(costs.campaign) as campaign_id,
        costs.campaign as campaign_name,
        costs.spend_date,
        costs.impressions,
        costs.clicks,
        costs.spend,
        case
            when costs.spend_date is null then 'invalid_date'
            when {{ is_implausible_date('costs.spend_date') }} then 'implausible_date'
            when costs.spend_date > {{ utc_date('costs._loaded_at') }} then 'future_date'
            when costs.spend_date > as_of.as_of_date then 'after_as_of_date'
            when costs.spend is null then 'invalid_amount'
            when {{ is_impossible_amount('costs.spend') }} then 'impossible_amount'
            when costs.spend < 0 then 'negative_amount'
        end as exclusion_reason
    from costs
    cross join as_of
)

select * from judged
