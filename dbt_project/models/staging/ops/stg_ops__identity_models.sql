-- Grain: one row per training of the match weights.
with identity_models as (
    select * from {{ source('ops', 'identity_models') }}
),

final as (
    select
        model_id,
        trained_at,
        records,
        candidate_pairs,
        random_pairs,
        iterations,
        log_likelihood
    from identity_models
)

select * from final
