-- Grain: one row per marketing or digital feed, load batch and issue that the feed can have.
-- A flag is null where the feed cannot have the issue: the survey, for one, has no dates.
{% set issues = [
    'unparseable_date', 'implausible_date', 'future_date', 'unparseable_amount',
    'impossible_amount', 'negative_amount', 'unparseable_quantity', 'impossible_quantity',
    'orphan_customer', 'malformed_email', 'unknown_interaction_type',
] %}

with sessions as (
    select * from {{ ref('stg_marketing__campaign_sessions') }}
),

costs as (
    select * from {{ ref('stg_marketing__campaign_spend') }}
),

answers as (
    select * from {{ ref('stg_marketing__shopping_behaviour') }}
),

events as (
    select * from {{ ref('stg_digital__events') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

interaction_types as (
    select * from {{ ref('digital_interaction_types') }}
),

judged as (
    select
        'marketing.campaign_sessions' as feed,
        sessions._batch_id,
        sessions.session_started_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('sessions.session_started_at')) }} as implausible_date,
        {{ is_future_date('sessions.session_started_at', 'sessions._loaded_at') }} as future_date,
        sessions.unit_price is null as unparseable_amount,
        {{ is_impossible_amount('sessions.unit_price') }} as impossible_amount,
        coalesce(sessions.unit_price < 0, false) as negative_amount,
        sessions.quantity is null as unparseable_quantity,
        {{ is_impossible_quantity('sessions.quantity') }} as impossible_quantity,
        shop_customers.source_customer_id is null as orphan_customer,
        cast(null as boolean) as malformed_email,
        cast(null as boolean) as unknown_interaction_type
    from sessions
    left join shop_customers
        on sessions.source_customer_id = shop_customers.source_customer_id
    union all
    select
        'marketing.campaign_spend' as feed,
        costs._batch_id,
        costs.spend_date is null as unparseable_date,
        {{ is_implausible_date('costs.spend_date') }} as implausible_date,
        coalesce(costs.spend_date > {{ utc_date('costs._loaded_at') }}, false) as future_date,
        costs.spend is null as unparseable_amount,
        {{ is_impossible_amount('costs.spend') }} as impossible_amount,
        coalesce(costs.spend < 0, false) as negative_amount,
        costs.impressions is null or costs.clicks is null as unparseable_quantity,
        cast(null as boolean) as impossible_quantity,
        cast(null as boolean) as orphan_customer,
        cast(null as boolean) as malformed_email,
        cast(null as boolean) as unknown_interaction_type
    from costs
    union all
    select
        'marketing.shopping_behaviour' as feed,
        answers._batch_id,
        cast(null as boolean) as unparseable_date,
        cast(null as boolean) as implausible_date,
        cast(null as boolean) as future_date,
        answers.purchase_amount is null as unparseable_amount,
        {{ is_impossible_amount('answers.purchase_amount') }} as impossible_amount,
        coalesce(answers.purchase_amount < 0, false) as negative_amount,
        cast(null as boolean) as unparseable_quantity,
        cast(null as boolean) as impossible_quantity,
        shop_customers.source_customer_id is null as orphan_customer,
        cast(null as boolean) as malformed_email,
        cast(null as boolean) as unknown_interaction_type
    from answers
    left join shop_customers
        on answers.source_customer_id = shop_customers.source_customer_id
    union all
    select
        'digital.events' as feed,
        events._batch_id,
        events.occurred_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('events.occurred_at')) }} as implausible_date,
        {{ is_future_date('events.occurred_at', 'events._loaded_at') }} as future_date,
        cast(null as boolean) as unparseable_amount,
        cast(null as boolean) as impossible_amount,
        cast(null as boolean) as negative_amount,
        cast(null as boolean) as unparseable_quantity,
        cast(null as boolean) as impossible_quantity,
        events.source_customer_id is not null
        and shop_customers.source_customer_id is null
            as orphan_customer,
        events.email is null
        and {{ clean_text('events.email_raw') }} is not null
            as malformed_email,
        interaction_types.interaction_type is null as unknown_interaction_type
    from events
    left join shop_customers
        on events.source_customer_id = shop_customers.source_customer_id
    left join interaction_types
        on events.interaction_type = interaction_types.interaction_type
),

counted as (
    select
        feed,
        _batch_id as batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by feed, _batch_id
),

named as (
    select
        counted.feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
),

final as (
    select * from named
    where defect_rows is not null
)

select * from final
