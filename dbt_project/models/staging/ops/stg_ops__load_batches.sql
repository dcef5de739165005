-- Grain: one row per attempt to load a landing file.
with load_batches as (
    select * from {{ source('ops', 'load_batches') }}
),

final as (
    select
        batch_id,
        file_name,
        status,
        rows_in_file,
        rows_loaded,
        rows_quarantined,
        finished_at as loaded_at,
        coalesce(feed, 'unclaimed') as feed
    from load_batches
)

select * from final
