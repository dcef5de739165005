-- Grain: one row per campaign and day with a cost that counts.
with costs as (
    select * from {{ ref('int_campaign_spend_judged') }}
),

final as (
    select
        spend_id,
        campaign_id,
        spend_date,
        impressions,
        clicks,
        spend
    from costs
    where exclusion_reason is null
)

select * from final
