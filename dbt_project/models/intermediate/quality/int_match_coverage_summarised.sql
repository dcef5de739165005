-- Grain: one row per topic and subject: a blocking rule, or two systems.
-- What was compared and what came of it, and how much of two systems was brought together: a rule
-- that pairs much and links nothing costs time, two systems that hardly meet have lost a feed's
-- column.
with blocks as (
    select * from {{ ref('identity_blocks') }}
),

scored_pairs as (
    select * from {{ ref('identity_scored_pairs') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

found_pairs as (
    select
        rule_number,
        count(*) as new_pairs,
        count(*) filter (where match_probability >= {{ var('identity_match_threshold') }}) as links
    from scored_pairs
    group by rule_number
),

rules as (
    select
        rule_number,
        blocking_rule,
        coalesce(sum(number_of_pairs) filter (where is_used), 0) as candidate_pairs,
        count(*) filter (where not is_used) as skipped_blocks
    from blocks
    group by rule_number, blocking_rule
),

customer_sources as (
    select
        customer_id,
        source_name,
        count(*) as records
    from customers
    group by customer_id, source_name
),

sources as (
    select
        source_name,
        sum(records) as records
    from customer_sources
    group by source_name
),

source_pairs as (
    select
        left_sources.source_name as left_name,
        right_sources.source_name as right_name,
        left_sources.records + right_sources.records as records
    from sources as left_sources
    inner join sources as right_sources
        on left_sources.source_name < right_sources.source_name
),

shared_customers as (
    select
        left_records.source_name as left_name,
        right_records.source_name as right_name,
        sum(left_records.records + right_records.records) as linked_records
    from customer_sources as left_records
    inner join customer_sources as right_records
        on
            left_records.customer_id = right_records.customer_id
            and left_records.source_name < right_records.source_name
    group by left_records.source_name, right_records.source_name
),

final as (
    select
        'blocking_rule' as topic,
        rules.blocking_rule as subject,
        rules.rule_number as sort_order,
        rules.candidate_pairs,
        coalesce(found_pairs.new_pairs, 0) as new_pairs,
        coalesce(found_pairs.links, 0) as links,
        rules.skipped_blocks,
        cast(null as bigint) as records,
        cast(null as numeric(7, 6)) as linked_share
    from rules
    left join found_pairs
        on rules.rule_number = found_pairs.rule_number
    union all
    select
        'source_pair' as topic,
        source_pairs.left_name || ' + ' || source_pairs.right_name as subject,
        row_number() over (
            order by source_pairs.left_name asc, source_pairs.right_name asc
        ) as sort_order,
        cast(null as bigint) as candidate_pairs,
        cast(null as bigint) as new_pairs,
        cast(null as bigint) as links,
        cast(null as bigint) as skipped_blocks,
        cast(source_pairs.records as bigint) as records,
        cast(
            coalesce(shared_customers.linked_records, 0) * 1.0 / source_pairs.records
            as numeric(7, 6)
        ) as linked_share
    from source_pairs
    left join shared_customers
        on
            source_pairs.left_name = shared_customers.left_name
            and source_pairs.right_name = shared_customers.right_name
)

select * from final
