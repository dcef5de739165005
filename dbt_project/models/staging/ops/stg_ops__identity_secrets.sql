-- Grain: one row. What makes customer ids opaque.
with identity_secrets as (
    select * from {{ source('ops', 'identity_secrets') }}
),

final as (
    select secret
    from identity_secrets
)

select * from final
