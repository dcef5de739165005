-- Grain: one row per campaign and attribution model.
{% set models = ['first_touch', 'last_touch', 'linear', 'position_based', 'time_decay'] %}

with campaigns as (
    select * from {{ ref('dim_campaigns') }}
),

attribution_models as (
    select * from {{ ref('attribution_models') }}
),

credits as (
    select * from {{ ref('campaign_conversion_credits') }}
),

costs as (
    select
        campaign_id,
        sum(spend) as spend
    from {{ ref('fct_campaign_spend') }}
    group by campaign_id
),

credits_summed as (
    select
        campaign_id,
        count(distinct transaction_id) as touched_conversions,
        sum(first_touch_credit) as first_touch,
        sum(last_touch_credit) as last_touch,
        sum(linear_credit) as linear,
        sum(position_based_credit) as position_based,
        sum(time_decay_credit) as time_decay
    from credits
    group by campaign_id
),

shares_summed as (
    select
        campaign_id,
        sum(first_touch_share) as first_touch,
        sum(last_touch_share) as last_touch,
        sum(linear_share) as linear,
        sum(position_based_share) as position_based,
        sum(time_decay_share) as time_decay
    from credits
    group by campaign_id
),

lengthened as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.medium,
        attribution_models.attribution_model,
        attribution_models.model_rank,
        coalesce(credits_summed.touched_conversions, 0) as touched_conversions,
        coalesce(
            {{ column_named('attribution_models.attribution_model', models, 'shares_summed') }}, 0
        ) as credited_conversions,
        coalesce(
            {{ column_named('attribution_models.attribution_model', models, 'credits_summed') }}, 0
        ) as credited_revenue,
        coalesce(costs.spend, 0) as spend
    from campaigns
    cross join attribution_models
    left join credits_summed
        on campaigns.campaign_id = credits_summed.campaign_id
    left join shares_summed
        on campaigns.campaign_id = shares_summed.campaign_id
    left join costs
        on campaigns.campaign_id = costs.campaign_id
),

final as (
    select
        campaign_id,
        campaign_name,
        medium,
        attribution_model,
        model_rank,
        touched_conversions,
        cast(credited_conversions as numeric(20, 4)) as credited_conversions,
        cast(credited_revenue as numeric(20, 2)) as credited_revenue,
        cast(
            credited_revenue
            / nullif(sum(credited_revenue) over (partition by attribution_model), 0)
            as numeric(7, 6)
        ) as revenue_share,
        cast(spend as numeric(20, 2)) as spend,
        cast(credited_revenue / nullif(spend, 0) as numeric(24, 6)) as return_on_ad_spend
    from lengthened
)

select * from final
