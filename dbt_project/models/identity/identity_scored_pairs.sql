-- Grain: one row per candidate pair with its match weight: the logarithm (base 2) of the odds that
-- both records are one person's, against strangers and relatives together.
-- Agreement on a rare value proves more than on a common one: where two records have the same name,
-- its share among the other records replaces the average one among strangers. A common day
-- of birth (1 January, a system's default) proves less than the average, but no day proves more.
-- Relatives are namesakes whatever the name: only what they share by chance grows with its share.
with comparisons as (
    select * from {{ ref('identity_comparisons') }}
),

pattern_scores as (
    select * from {{ ref('identity_pattern_scores') }}
),

frequencies as (
    select
        count(first_name) as first_names,
        count(last_name) as last_names,
        count(birth_day) as birth_days,
        count(city) as cities,
        sum(case when city is not null then greatest(city_records - 1, 1) end) * 1.0
        / nullif(count(city), 0) / nullif(count(city), 0) as mean_city_share
    from {{ ref('identity_comparable_records') }}
),

same_values as (
    select
        max(case when comparison = 'first_name' and level = 7 then strangers end) as first_name,
        max(case when comparison = 'last_name' and level = 5 then strangers end) as last_name,
        max(case when comparison = 'birth_date' and level = 6 then strangers end) as birth_date,
        max(case when comparison = 'first_name' and level = 7 then relatives end)
            as relatives_first_name,
        max(case when comparison = 'birth_date' and level = 6 then relatives end)
            as relatives_birth_date
    from {{ ref('identity_weights') }}
),

adjusted as (
    select
        comparisons.*,
        pattern_scores.match_log2,
        pattern_scores.relative_log2,
        pattern_scores.stranger_log2,
        same_values.first_name as strangers_first_name,
        same_values.birth_date as strangers_birth_date,
        same_values.relatives_first_name,
        same_values.relatives_birth_date,
        {{ frequency_log2(
            'comparisons.first_name_records', 'frequencies.first_names', 'same_values.first_name',
            -6, 10
        ) }} as first_name_log2,
        {{ frequency_log2(
            'comparisons.last_name_records', 'frequencies.last_names', 'same_values.last_name',
            -6, 10
        ) }} as last_name_log2,
        {{ excess_log2(
            'comparisons.birth_day_records', 'frequencies.birth_days', 'same_values.birth_date', 10
        ) }} as birth_date_log2,
        {{ frequency_log2(
            'comparisons.city_records', 'frequencies.cities', 'frequencies.mean_city_share', -4, 4
        ) }} as city_log2
    from comparisons
    cross join frequencies
    cross join same_values
    inner join pattern_scores
        on comparisons.pattern_code = pattern_scores.pattern_code
),

weighed as (
    select
        *,
        match_log2 - ln(
            power(
                2.0, stranger_log2 + first_name_log2 + last_name_log2 + birth_date_log2 + city_log2
            )
            + power(2.0, relative_log2)
            * {{ relatives_ratio(
                'first_name_log2', 'strangers_first_name', 'relatives_first_name'
            ) }}
            * {{ relatives_ratio(
                'birth_date_log2', 'strangers_birth_date', 'relatives_birth_date'
            ) }}
        ) / ln(2.0) as match_weight
    from {{ computed_once('adjusted') }}
),

final as (
    select
        left_number,
        right_number,
        rule_number,
        pattern_code,
        first_name_level,
        last_name_level,
        birth_date_level,
        email_level,
        cast(match_weight as {{ dbt.type_float() }}) as match_weight,
        cast(1 / (1 + power(2.0, least(-match_weight, 1000))) as {{ dbt.type_float() }})
            as match_probability
    from {{ computed_once('weighed') }}
)

select * from final
