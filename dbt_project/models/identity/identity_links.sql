-- Grain: one row per match rule and pair of records that the rule says are one customer's.
-- A declared pair and a shared address under one name need no weighing; all others are linked where
-- the odds that they are one person's are better than the threshold.
with records as (
    select * from {{ ref('identity_comparable_records') }}
),

scored_pairs as (
    select * from {{ ref('identity_scored_pairs') }}
),

declarations as (
    select * from {{ ref('identity_declarations') }}
),

shared_values as (
    select * from {{ ref('identity_shared_values') }}
    where is_linking
),

declared as (
    select
        declarations.match_rule,
        declarations.shared_value as left_key,
        declarations.source_customer_key as right_key,
        cast(null as {{ dbt.type_float() }}) as match_weight,
        cast(1 as {{ dbt.type_float() }}) as match_probability
    from declarations
    inner join shared_values
        on
            declarations.match_rule = shared_values.match_rule
            and declarations.shared_value = shared_values.shared_value
    where declarations.shared_value <> declarations.source_customer_key
),

weighed as (
    select
        case
            when
                email_level = 5
                and first_name_level >= 5
                and last_name_level >= 4
                and birth_date_level not in (1, 2)
                then 'same_email_and_name'
            when match_probability >= {{ var('identity_match_threshold') }}
                then 'match_weight'
        end as match_rule,
        left_number,
        right_number,
        match_weight,
        match_probability
    from scored_pairs
),

final as (
    select
        weighed.match_rule,
        left_records.source_customer_key as left_key,
        right_records.source_customer_key as right_key,
        weighed.match_weight,
        weighed.match_probability
    from weighed
    inner join records as left_records
        on weighed.left_number = left_records.record_number
    inner join records as right_records
        on weighed.right_number = right_records.record_number
    where weighed.match_rule is not null
    union all
    select * from declared
)

select * from final
