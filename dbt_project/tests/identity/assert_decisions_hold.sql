-- What a steward decided holds: linked records are one customer, unlinked ones are two. Were it not
-- so, a person's word would be lost to the weights, and nobody would know. Only a link that
-- contradicts an unlink of its own group may be left out.
with decisions as (
    select * from {{ ref('identity_decisions') }}
),

clusters as (
    select * from {{ ref('identity_clusters_decided') }}
),

parts as (
    select * from {{ ref('identity_parts_decided') }}
)

select
    decisions.decision_id,
    decisions.kind
from decisions
inner join clusters as left_clusters
    on decisions.left_key = left_clusters.source_customer_key
inner join clusters as right_clusters
    on decisions.right_key = right_clusters.source_customer_key
left join parts
    on decisions.left_key = parts.source_customer_key
where
    (decisions.kind = 'unlink' and left_clusters.cluster_key = right_clusters.cluster_key)
    or (
        decisions.kind = 'link'
        and left_clusters.cluster_key <> right_clusters.cluster_key
        and parts.part_key is null
    )
