-- Grain: one row per pair of linked-up records whose component holds evidence against itself.
-- A chain of links can tie two people together by records that resemble both. Where a pair within a
-- component speaks against it, all of its evidence is laid out here, to be grouped anew.
with components as (
    select * from {{ ref('identity_components') }}
),

records as (
    select
        records.record_number,
        components.component_key
    from {{ ref('identity_comparable_records') }} as records
    inner join components
        on records.source_customer_key = components.source_customer_key
),

links as (
    select
        left_records.record_number as left_number,
        right_records.record_number as right_number
    from {{ ref('identity_links') }} as links
    inner join {{ ref('identity_comparable_records') }} as left_records
        on links.left_key = left_records.source_customer_key
    inner join {{ ref('identity_comparable_records') }} as right_records
        on links.right_key = right_records.source_customer_key
    where links.match_rule <> 'match_weight'
),

pairs as (
    select
        left_number,
        right_number,
        match_weight
    from {{ ref('identity_scored_pairs') }}
    union all
    select  -- what a rule says weighs as much as any evidence can
        least(left_number, right_number) as left_number,
        greatest(left_number, right_number) as right_number,
        cast({{ var('identity_weight_limit') }} as {{ dbt.type_float() }}) as match_weight
    from links
),

inner_pairs as (
    select
        left_records.component_key,
        pairs.left_number,
        pairs.right_number,
        max(pairs.match_weight) as match_weight
    from pairs
    inner join records as left_records
        on pairs.left_number = left_records.record_number
    inner join records as right_records
        on
            pairs.right_number = right_records.record_number
            and left_records.component_key = right_records.component_key
    group by left_records.component_key, pairs.left_number, pairs.right_number
),

contested as (
    select component_key
    from inner_pairs
    group by component_key
    having min(match_weight) < {{ var('identity_contradiction_weight') }}
),

final as (
    select
        inner_pairs.component_key,
        inner_pairs.left_number,
        inner_pairs.right_number,
        greatest(
            least(inner_pairs.match_weight, {{ var('identity_weight_limit') }}),
            -{{ var('identity_weight_limit') }}
        ) as match_weight
    from inner_pairs
    inner join contested
        on inner_pairs.component_key = contested.component_key
)

select * from final
