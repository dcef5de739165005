-- Grain: one row per pair of records of one component that was compared, or that a rule links.
with components as (
    select * from {{ ref('identity_components') }}
),

records as (
    select
        records.record_number,
        records.source_customer_key,
        components.component_key
    from {{ ref('identity_comparable_records') }} as records
    inner join components
        on records.source_customer_key = components.source_customer_key
),

links as (
    select
        left_records.record_number as left_number,
        right_records.record_number as right_number,
        case
            when links.match_rule = 'match_weight' then links.match_weight
            else cast({{ var('identity_weight_limit') }} as {{ dbt.type_float() }})
        end as match_weight  -- what a rule says weighs as much as any evidence can
    from {{ ref('identity_links') }} as links
    inner join records as left_records
        on links.left_key = left_records.source_customer_key
    inner join records as right_records
        on links.right_key = right_records.source_customer_key
),

pairs as (
    select
        left_number,
        right_number,
        match_weight,
        0 as number_of_links
    from {{ ref('identity_scored_pairs') }}
    union all
    select
        least(left_number, right_number) as left_number,
        greatest(left_number, right_number) as right_number,
        match_weight,
        1 as number_of_links
    from links
),

final as (
    select
        left_records.component_key,
        pairs.left_number,
        pairs.right_number,
        greatest(
            least(max(pairs.match_weight), {{ var('identity_weight_limit') }}),
            -{{ var('identity_weight_limit') }}
        ) as match_weight,
        max(pairs.number_of_links) > 0 as is_linked
    from pairs
    inner join records as left_records
        on pairs.left_number = left_records.record_number
    inner join records as right_records
        on
            pairs.right_number = right_records.record_number
            and left_records.component_key = right_records.component_key
    group by left_records.component_key, pairs.left_number, pairs.right_number
)

select * from final
