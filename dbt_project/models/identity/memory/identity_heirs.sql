-- Grain: one row per customer id ever given for which a record of this build speaks.
-- An id goes where most of its records are; of parts as large, where its oldest record is. Of the
-- ids that come to it a cluster takes one in use before one out of use, of those the oldest.
{{ config(materialized='view', post_hook=[]) }}

with claims as (
    select * from {{ ref('identity_claims') }}
),

clusters as (
    select * from {{ ref('identity_clusters_decided') }}
),

parts as (
    select
        claims.customer_id,
        claims.standing,
        claims.born_revision,
        claims.founder_number,
        clusters.cluster_key,
        count(*) as records,
        min(claims.record_number) as oldest_record_number
    from claims
    inner join clusters
        on claims.source_customer_key = clusters.source_customer_key
    group by
        claims.customer_id,
        claims.standing,
        claims.born_revision,
        claims.founder_number,
        clusters.cluster_key
),

parts_ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by records desc nulls last, oldest_record_number asc nulls last
        ) as size_rank
    from parts
),

heirs as (
    select
        *,
        row_number() over (
            partition by cluster_key
            order by
                standing asc nulls last,
                born_revision asc nulls last,
                founder_number asc nulls last
        ) as age_rank
    from parts_ranked
    where size_rank = 1
),

final as (
    select
        customer_id as remembered_customer_id,
        cluster_key,
        first_value(customer_id) over (
            partition by cluster_key order by age_rank asc nulls last
        ) as customer_id
    from heirs
)

select * from final
