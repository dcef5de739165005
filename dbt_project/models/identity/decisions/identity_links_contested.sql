-- Grain: one row per pair of records that must not come together (link_rank is null), and per pair
-- that a link joins in the groups of such pairs; 1 is the strongest link of all.
-- A decision is stronger than any link, the newer than the older; a rule's link is as strong as
-- any weight. A record that no link of its cluster reaches is held by the weakest ones, so that
-- nobody leaves without a reason. Equal links are in an order without meaning: in that of the keys,
-- a chain would be joined one by one.
with decisions as (
    select * from {{ ref('identity_decisions') }}
),

links as (
    select * from {{ ref('identity_links') }}
),

grouped_records as (
    select
        clusters.source_customer_key,
        clusters.cluster_key,
        decided_groups.group_key
    from {{ ref('identity_clusters') }} as clusters
    inner join {{ ref('identity_groups_decided') }} as decided_groups
        on clusters.cluster_key = decided_groups.cluster_key
),

unlinked as (
    select
        decisions.left_key,
        decisions.right_key,
        left_records.group_key
    from decisions
    inner join grouped_records as left_records
        on decisions.left_key = left_records.source_customer_key
    inner join grouped_records as right_records
        on
            decisions.right_key = right_records.source_customer_key
            and left_records.group_key = right_records.group_key
    where decisions.kind = 'unlink'
),

members as (
    select *
    from grouped_records
    where group_key in (select unlinked.group_key from unlinked)
),

joined as (
    select
        decisions.left_key,
        decisions.right_key,
        decisions.decision_id,
        cast(null as {{ dbt.type_float() }}) as strength
    from decisions
    inner join members
        on decisions.left_key = members.source_customer_key
    where decisions.kind = 'link'
    union all
    select
        links.left_key,
        links.right_key,
        cast(null as bigint) as decision_id,
        case
            when links.match_rule = 'match_weight' then links.match_weight
            else greatest(coalesce(links.match_weight, 0), {{ var('identity_weight_limit') }})
        end as strength
    from links
    inner join members as left_members
        on links.left_key = left_members.source_customer_key
    inner join members as right_members
        on
            links.right_key = right_members.source_customer_key
            and left_members.cluster_key = right_members.cluster_key
    union all
    select
        cluster_key as left_key,
        source_customer_key as right_key,
        cast(null as bigint) as decision_id,
        cast(null as {{ dbt.type_float() }}) as strength
    from members
    where cluster_key <> source_customer_key
),

pairs as (
    select
        least(left_key, right_key) as left_key,
        greatest(left_key, right_key) as right_key,
        max(decision_id) as decision_id,
        max(strength) as strength
    from joined
    group by least(left_key, right_key), greatest(left_key, right_key)
),

ranked as (
    select
        left_key,
        right_key,
        row_number() over (
            order by
                decision_id desc nulls last,
                strength desc nulls last,
                md5(left_key || ' ' || right_key) asc nulls last,
                left_key asc nulls last,
                right_key asc nulls last
        ) as link_rank
    from pairs
),

final as (
    select
        left_key,
        right_key,
        link_rank
    from ranked
    union all
    select
        left_key,
        right_key,
        cast(null as bigint) as link_rank
    from unlinked
)

select * from final
