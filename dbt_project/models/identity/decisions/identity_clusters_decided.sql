-- Grain: one row per customer record.
-- The clusters of the matching, joined and parted as stewards decided: their word outranks any
-- weight, and comes last so that nothing learned later undoes it.
with clusters as (
    select * from {{ ref('identity_clusters') }}
),

decided_groups as (
    select * from {{ ref('identity_groups_decided') }}
),

parts as (
    select * from {{ ref('identity_parts_decided') }}
),

final as (
    select
        clusters.source_customer_key,
        coalesce(parts.part_key, decided_groups.group_key, clusters.cluster_key) as cluster_key
    from clusters
    left join decided_groups
        on clusters.cluster_key = decided_groups.cluster_key
    left join parts
        on clusters.source_customer_key = parts.source_customer_key
)

select * from final
