-- Grain: one row per cluster that a decision is about; the materialization joins what is linked.
-- Only these clusters are looked at again, so that decisions cost no second pass over all records.
{{ config(
    materialized='connected_components',
    node_column='cluster_key',
    component_column='group_key'
) }}

with decisions as (
    select * from {{ ref('identity_decisions') }}
),

clusters as (
    select * from {{ ref('identity_clusters') }}
),

decided_clusters as (
    select
        decisions.kind,
        left_clusters.cluster_key as left_key,
        right_clusters.cluster_key as right_key
    from decisions
    inner join clusters as left_clusters
        on decisions.left_key = left_clusters.source_customer_key
    inner join clusters as right_clusters
        on decisions.right_key = right_clusters.source_customer_key
),

pairs as (
    select
        left_key,
        right_key
    from decided_clusters
    where kind = 'link'
    union all
    select
        left_key,
        left_key as right_key
    from decided_clusters
    union all
    select
        right_key as left_key,
        right_key
    from decided_clusters
)

select * from pairs
