-- Grain: one row per decision of a steward about two records; those taken back are left out.
with identity_decisions as (
    select * from {{ source('ops', 'identity_decisions') }}
),

final as (
    select
        decisions.decision_id,
        decisions.kind,
        decisions.reason,
        decisions.decided_by,
        decisions.decided_at,
        least(decisions.left_key, decisions.right_key) as left_key,
        greatest(decisions.left_key, decisions.right_key) as right_key
    from identity_decisions as decisions
    left join identity_decisions as undoings
        on decisions.decision_id = undoings.undone_decision_id
    where decisions.kind <> 'undo' and undoings.decision_id is null
)

select * from final
