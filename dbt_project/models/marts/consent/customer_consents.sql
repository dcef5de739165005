-- Grain: one row per customer and purpose that the customer said anything on.
with consents as (
    select * from {{ ref('int_customer_consents_summarised') }}
),

final as (
    select
        customer_id,
        purpose,
        state,
        decided_at,
        source_name,
        collection_channel,
        has_proof,
        event_count,
        is_withdrawn_later
    from consents
)

select * from final
