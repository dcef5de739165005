-- Grain: one row per pair of records that a steward decided about: the last word on it.
-- A decision about a record that no source delivers any more waits until it does again.
with decisions as (
    select * from {{ ref('stg_ops__identity_decisions') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

decisions_ranked as (
    select
        *,
        row_number() over (
            partition by left_key, right_key order by decision_id desc nulls last
        ) as recency
    from decisions
),

final as (
    select
        decisions_ranked.decision_id,
        decisions_ranked.kind,
        decisions_ranked.left_key,
        decisions_ranked.right_key
    from decisions_ranked
    inner join records as left_records
        on decisions_ranked.left_key = left_records.source_customer_key
    inner join records as right_records
        on decisions_ranked.right_key = right_records.source_customer_key
    where decisions_ranked.recency = 1
)

select * from final
