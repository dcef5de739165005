-- Grain: one row per customer record, with the customer that it belongs to.
-- The id comes from the record that was loaded first, so that neither the order of rows nor the
-- records that join the cluster later change it.
with clusters as (
    select * from {{ ref('identity_clusters') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

members as (
    select
        records.source_customer_key,
        records.source_name,
        records.source_customer_id,
        first_value(records.source_customer_key) over (
            partition by clusters.cluster_key
            order by
                records._first_batch_id asc nulls last,
                records._first_line asc nulls last,
                records.source_customer_key asc nulls last
        ) as oldest_customer_key
    from records
    inner join clusters
        on records.source_customer_key = clusters.source_customer_key
),

final as (
    select
        source_customer_key,
        source_name,
        source_customer_id,
        'C' || substr(md5(oldest_customer_key), 1, 16) as customer_id
    from members
)

select * from final
