-- Grain: one row per kind of change, build, and the customer ids before and after it.
-- Rows are only ever added: the links that caused a change are known in the build that saw it. What
-- was noted is not noted again, also where this model alone is run.
{% set noted_columns = ['revision', 'old_customer_id', 'new_customer_id', 'change_kind'] %}

with changes as (
    select * from {{ ref('identity_id_changes') }}
),

grounds as (
    select * from {{ ref('identity_move_grounds') }}
),

forwards as (
    select * from {{ ref('customer_id_forwards') }}
),

noted as (
    select * from {{ rows_logged_so_far(noted_columns, 'changes') }}
),

noted_revisions as (
    select coalesce(max(revision), 0) as revision
    from noted
),

new_changes as (
    select changes.*
    from changes
    inner join noted_revisions
        on changes.revision > noted_revisions.revision
),

newest as (
    select
        revision,
        build_id,
        recorded_at
    from new_changes
    group by revision, build_id, recorded_at
    order by revision desc nulls last
    limit 1
),

ends as (
    select
        revision,
        old_customer_id,
        new_customer_id
    from noted
    where change_kind in ('merged', 'forwarded')
    union all
    select
        revision,
        old_customer_id,
        new_customer_id
    from new_changes
    where change_kind = 'merged'
),

ends_ranked as (
    select
        *,
        row_number() over (
            partition by old_customer_id order by revision desc nulls last
        ) as recency
    from ends
),

forwarded as (
    select
        newest.revision,
        newest.build_id,
        newest.recorded_at,
        ends_ranked.old_customer_id,
        forwards.customer_id as new_customer_id,
        cast(0 as {{ dbt.type_bigint() }}) as records,
        'forwarded' as change_kind
    from ends_ranked
    inner join forwards
        on ends_ranked.old_customer_id = forwards.former_customer_id
    cross join newest
    where ends_ranked.recency = 1 and ends_ranked.new_customer_id <> forwards.customer_id
),

unioned as (
    select * from new_changes
    union all
    select * from forwarded
),

final as (
    select
        unioned.revision,
        unioned.build_id,
        unioned.recorded_at,
        unioned.change_kind,
        unioned.old_customer_id,
        unioned.new_customer_id,
        unioned.records,
        grounds.decision_id,
        grounds.match_rule,
        grounds.left_key,
        grounds.right_key,
        case
            when unioned.change_kind = 'forwarded' then 'target_merged'
            when unioned.change_kind = 'ended' then 'records_gone'
            when unioned.old_customer_id is null then 'records_came'
            when grounds.decision_id is not null then 'decision'
            when grounds.match_rule is not null then 'link'
            else 'no_link'
        end as reason
    from unioned
    left join grounds
        on
            unioned.revision = grounds.revision
            and unioned.old_customer_id = grounds.left_customer_id
            and unioned.new_customer_id = grounds.joined_customer_id
            and unioned.records > 0
    where {{ is_remembered_build() }}
)

select * from final
