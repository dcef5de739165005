-- Grain: one row per comparison of identity with a known truth.
with identity_evaluations as (
    select * from {{ source('ops', 'identity_evaluations') }}
),

final as (
    select
        evaluation_id,
        build_id,
        evaluated_at,
        records,
        records_only_in_truth,
        records_only_in_warehouse,
        people,
        customers,
        true_pairs,
        found_pairs,
        correct_pairs,
        over_merged_customers,
        split_people
    from identity_evaluations
)

select * from final
