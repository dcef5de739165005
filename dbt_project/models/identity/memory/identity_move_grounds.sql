-- Grain: one row per pair of customer ids between which the newest revision moved records:
-- what joins them now, or the decision that parts them.
-- Known only while the links are those of that build, so it is noted with the change at once.
with moves as (
    select * from {{ ref('identity_moves') }}
),

newest as (
    select max(revision) as revision
    from {{ ref('identity_customers_logged') }}
),

moved as (
    select moves.*
    from moves
    inner join newest
        on moves.revision = newest.revision
    where moves.left_customer_id <> moves.joined_customer_id
),

customers as (
    select * from {{ ref('identity_customers') }}
),

connections as (
    select
        kind,
        decision_id,
        cast(null as {{ dbt.type_string() }}) as match_rule,
        left_key,
        right_key
    from {{ ref('identity_decisions') }}
    union all
    select
        'link' as kind,
        cast(null as bigint) as decision_id,
        match_rule,
        left_key,
        right_key
    from {{ ref('identity_links') }}
),

directed as (
    select
        connections.*,
        left_key as near_key,
        right_key as far_key
    from connections
    union all
    select
        connections.*,
        right_key as near_key,
        left_key as far_key
    from connections
),

grounds as (
    select
        moved.revision,
        moved.left_customer_id,
        moved.joined_customer_id,
        directed.kind,
        directed.decision_id,
        directed.match_rule,
        directed.left_key,
        directed.right_key
    from moved
    inner join directed
        on moved.source_customer_key = directed.near_key
    inner join customers
        on
            directed.far_key = customers.source_customer_key
            and case directed.kind
                when 'link' then moved.joined_customer_id
                else moved.left_customer_id
            end = customers.customer_id
    left join moved as far_moved
        on
            directed.far_key = far_moved.source_customer_key
            and moved.left_customer_id = far_moved.left_customer_id
    where directed.kind = 'unlink' or far_moved.source_customer_key is null
),

grounds_ranked as (
    select
        *,
        row_number() over (
            partition by left_customer_id, joined_customer_id
            order by
                decision_id desc nulls last,
                match_rule asc nulls last,
                left_key asc nulls last,
                right_key asc nulls last
        ) as ground_rank
    from grounds
),

final as (
    select
        revision,
        left_customer_id,
        joined_customer_id,
        kind,
        decision_id,
        match_rule,
        left_key,
        right_key
    from grounds_ranked
    where ground_rank = 1
)

select * from final
