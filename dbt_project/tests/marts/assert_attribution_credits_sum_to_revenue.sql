-- Invariant: by every attribution model the credits of a conversion sum to its revenue, to the
-- cent, which is what fct_transactions says; and so do all those in campaign_attribution.
-- A cent lost in rounding, or a touch counted twice, would make campaigns disagree with the books.
{% set credits = [
    'first_touch_credit', 'last_touch_credit', 'linear_credit', 'position_based_credit',
    'time_decay_credit',
] %}

with conversions as (
    select
        transaction_id,
        max(revenue) as revenue,
        {% for credit in credits %}
            sum({{ credit }}) as {{ credit }},
        {% endfor %}
        count(*) as touches
    from {{ ref('campaign_conversion_credits') }}
    group by transaction_id
),

transactions as (
    select * from {{ ref('fct_transactions') }}
),

wrong_conversions as (
    select conversions.transaction_id as broken
    from conversions
    left join transactions
        on conversions.transaction_id = transactions.transaction_id
    where
        conversions.revenue is distinct from transactions.amount
        {% for credit in credits %}
            or conversions.{{ credit }} <> conversions.revenue
        {% endfor %}
),

totals as (
    select coalesce(sum(revenue), 0) as revenue
    from conversions
),

wrong_models as (
    select attribution.attribution_model as broken
    from {{ ref('campaign_attribution') }} as attribution
    cross join totals
    group by attribution.attribution_model
    having sum(attribution.credited_revenue) <> max(totals.revenue)
)

select * from wrong_conversions
union all
select * from wrong_models
