-- Grain: one row per customer record, with the customer that it belongs to.
-- A cluster keeps the id that its records bring along. A new id is a digest of one of its records,
-- of the builds remembered so far and of a secret: it never comes twice, a build that failed gives
-- it again, and nobody who sees it learns the record.
{% set logged_types = {'revision': dbt.type_bigint()} %}

with clusters as (
    select * from {{ ref('identity_clusters_decided') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

heirs as (
    select * from {{ ref('identity_heirs') }}
),

secrets as (
    select * from {{ ref('stg_ops__identity_secrets') }}
),

remembered as (
    select coalesce(max(revision), 0) as revision
    from {{ rows_remembered('identity_customers_logged', logged_types) }}
),

named_clusters as (
    select
        cluster_key,
        min(source_customer_key) as first_key
    from clusters
    group by cluster_key
),

inherited as (
    select
        cluster_key,
        customer_id
    from heirs
    where remembered_customer_id = customer_id
),

cluster_customers as (
    select
        named_clusters.cluster_key,
        coalesce(
            inherited.customer_id,
            'C' || substr(
                md5(
                    secrets.secret || ' '
                    || cast(remembered.revision as {{ dbt.type_string() }}) || ' '
                    || named_clusters.first_key
                ),
                1,
                16
            )
        ) as customer_id
    from named_clusters
    cross join secrets
    cross join remembered
    left join inherited
        on named_clusters.cluster_key = inherited.cluster_key
),

final as (
    select
        records.source_customer_key,
        records.source_name,
        records.source_customer_id,
        cluster_customers.customer_id
    from records
    inner join clusters
        on records.source_customer_key = clusters.source_customer_key
    inner join cluster_customers
        on clusters.cluster_key = cluster_customers.cluster_key
)

select * from final
