-- Grain: one row per match rule.
with links as (
    select * from {{ ref('identity_links') }}
),

shared_values as (
    select * from {{ ref('identity_shared_values') }}
),

pairs as (
    select
        match_rule,
        least(left_key, right_key) as lower_key,
        greatest(left_key, right_key) as upper_key
    from links
),

rules_per_pair as (
    select
        lower_key,
        upper_key,
        count(distinct match_rule) as number_of_rules
    from pairs
    group by lower_key, upper_key
),

links_counted as (
    select
        pairs.match_rule,
        count(*) as links,
        count(*) filter (where rules_per_pair.number_of_rules = 1) as links_of_no_other_rule
    from pairs
    inner join rules_per_pair
        on
            pairs.lower_key = rules_per_pair.lower_key
            and pairs.upper_key = rules_per_pair.upper_key
    group by pairs.match_rule
),

linked_records as (
    select
        match_rule,
        left_key as source_customer_key
    from links
    union distinct
    select
        match_rule,
        right_key as source_customer_key
    from links
),

records_counted as (
    select
        match_rule,
        count(*) as linked_records
    from linked_records
    group by match_rule
),

values_counted as (
    select
        match_rule,
        count(*) as shared_values,
        count(*) filter (where not is_linking) as withheld_values
    from shared_values
    group by match_rule
),

final as (
    select
        values_counted.shared_values,
        values_counted.withheld_values,
        coalesce(links_counted.match_rule, values_counted.match_rule) as match_rule,
        coalesce(links_counted.links, 0) as links,
        coalesce(links_counted.links_of_no_other_rule, 0) as links_of_no_other_rule,
        coalesce(records_counted.linked_records, 0) as linked_records
    from links_counted
    inner join records_counted
        on links_counted.match_rule = records_counted.match_rule
    full outer join values_counted
        on links_counted.match_rule = values_counted.match_rule
)

select * from final
