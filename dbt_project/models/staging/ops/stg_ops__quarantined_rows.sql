-- Grain: one row per row of a loaded file that could not be taken into raw.
-- The row itself stays in ops: it is not needed to count it, and may hold personal data.
with quarantined_rows as (
    select * from {{ source('ops', 'quarantined_rows') }}
),

final as (
    select
        batch_id,
        line,
        feed,
        reason,
        released_by_batch_id
    from quarantined_rows
)

select * from final
