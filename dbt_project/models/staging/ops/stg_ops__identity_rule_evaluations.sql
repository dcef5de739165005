-- Grain: one row per comparison of identity with a known truth, and match rule.
with identity_rule_evaluations as (
    select * from {{ source('ops', 'identity_rule_evaluations') }}
),

final as (
    select
        evaluation_id,
        match_rule,
        links,
        correct_links
    from identity_rule_evaluations
)

select * from final
