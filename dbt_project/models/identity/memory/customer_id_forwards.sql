-- Grain: one row per customer id out of use whose customer lives on under another id.
-- Worked out from the records that held the id last, not from forward to forward: there are no
-- chains and no loops, and every one ends at an id in use.
with heirs as (
    select * from {{ ref('identity_heirs') }}
),

final as (
    select
        remembered_customer_id as former_customer_id,
        customer_id
    from heirs
    where remembered_customer_id <> customer_id
)

select * from final
