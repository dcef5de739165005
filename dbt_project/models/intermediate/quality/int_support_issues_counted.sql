-- Grain: one row per support feed, load batch and issue that the feed can have.
-- A flag is null where the feed cannot have the issue.
{% set issues = [
    'missing_name', 'unparseable_date', 'implausible_date', 'future_date', 'orphan_customer',
    'orphan_agent', 'impossible_satisfaction', 'resolved_before_opened', 'resolved_without_date',
] %}

with agents as (
    select * from {{ ref('stg_support__agents') }}
),

interactions as (
    select * from {{ ref('stg_support__service_interactions') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

judged as (
    select
        'support.agents' as feed,
        _batch_id,
        agent_name is null as missing_name,
        cast(null as boolean) as unparseable_date,
        cast(null as boolean) as implausible_date,
        cast(null as boolean) as future_date,
        cast(null as boolean) as orphan_customer,
        cast(null as boolean) as orphan_agent,
        cast(null as boolean) as impossible_satisfaction,
        cast(null as boolean) as resolved_before_opened,
        cast(null as boolean) as resolved_without_date
    from agents
    union all
    select
        'support.service_interactions' as feed,
        interactions._batch_id,
        cast(null as boolean) as missing_name,
        interactions.opened_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('interactions.opened_at')) }} as implausible_date,
        {{ is_future_date('interactions.opened_at', 'interactions._loaded_at') }} as future_date,
        shop_customers.source_customer_id is null as orphan_customer,
        interactions.agent_id is not null and agents.agent_id is null as orphan_agent,
        {{ clean_text('interactions.satisfaction_raw') }} is not null
        and not coalesce(
            interactions.satisfaction
            between {{ var('lowest_satisfaction') }} and {{ var('highest_satisfaction') }},
            false
        ) as impossible_satisfaction,
        coalesce(interactions.resolved_at < interactions.opened_at, false)
            as resolved_before_opened,
        coalesce(
            interactions.resolution_status = 'resolved' and interactions.resolved_at is null, false
        ) as resolved_without_date
    from interactions
    left join shop_customers
        on interactions.source_customer_id = shop_customers.source_customer_id
    left join agents
        on interactions.agent_id = agents.agent_id
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
