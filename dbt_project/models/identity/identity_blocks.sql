-- Grain: one row per blocking rule and key that several records share.
-- A block that is too large is skipped, and so is a whole rule that would pair too many: pairs grow
-- with the square of a block, and such keys tell the least. Other rules find most of their pairs.
-- How many pairs of one person there may be is read off the tight rules, so that sources with many
-- records per person keep the loose ones.
with keys as (
    select * from {{ ref('identity_blocking_keys') }}
),

records_counted as (
    select count(*) as number_of_records
    from {{ ref('identity_comparable_records') }}
),

blocks as (
    select
        rule_number,
        blocking_rule,
        block_key,
        count(*) as number_of_records,
        cast(count(*) as bigint) * (count(*) - 1) / 2 as number_of_pairs,
        count(*) <= {{ var('identity_max_block_records') }} as is_small
    from keys
    group by rule_number, blocking_rule, block_key
    having count(*) > 1
),

rules as (
    select
        rule_number,
        rule_number <= {{ var('identity_tight_rules') }} as is_tight,
        sum(number_of_pairs) as number_of_pairs
    from blocks
    where is_small
    group by rule_number
),

limits as (
    select
        records_counted.number_of_records * {{ var('identity_max_tight_pairs_per_record') }}
            as tight_pairs,
        records_counted.number_of_records * {{ var('identity_max_loose_pairs_per_record') }}
        + coalesce(max(rules.number_of_pairs), 0) as loose_pairs
    from records_counted
    left join rules
        on
            rules.is_tight
            and records_counted.number_of_records * {{ var('identity_max_tight_pairs_per_record') }}
            >= rules.number_of_pairs
    group by records_counted.number_of_records
),

final as (
    select
        blocks.rule_number,
        blocks.blocking_rule,
        blocks.block_key,
        blocks.number_of_records,
        blocks.number_of_pairs,
        blocks.is_small,
        blocks.is_small
        and rules.number_of_pairs
        <= greatest(
            case when rules.is_tight then limits.tight_pairs else limits.loose_pairs end,
            {{ var('identity_least_rule_pairs') }}
        ) as is_used
    from blocks
    cross join limits
    left join rules
        on blocks.rule_number = rules.rule_number
)

select * from final
