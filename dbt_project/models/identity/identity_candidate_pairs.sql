-- Grain: one row per pair of records that share a block, under the first rule that found it.
with keys as (
    select * from {{ ref('identity_blocking_keys') }}
),

blocks as (
    select * from {{ ref('identity_blocks') }}
    where is_used
),

members as (
    select
        keys.rule_number,
        keys.block_key,
        keys.record_number
    from keys
    inner join blocks
        on keys.rule_number = blocks.rule_number and keys.block_key = blocks.block_key
),

final as (
    select
        left_members.record_number as left_number,
        right_members.record_number as right_number,
        min(left_members.rule_number) as rule_number
    from members as left_members
    inner join members as right_members
        on
            left_members.rule_number = right_members.rule_number
            and left_members.block_key = right_members.block_key
            and left_members.record_number < right_members.record_number
    group by left_members.record_number, right_members.record_number
)

select * from final
