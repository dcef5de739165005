-- Grain: one row per pattern of levels, with the logarithms (base 2) of its likelihoods.
-- Of a match, a pair of relatives and a pair of strangers: how probable each is before anything is
-- known of the pair, times how often each field agrees so among such pairs. A field that one of
-- the records does not have (level 0) has no weight, as it is no evidence.
{% set comparisons = ['first_name', 'last_name', 'birth_date', 'email', 'phone', 'address'] %}

with patterns as (
    select * from {{ ref('identity_patterns') }}
),

weights as (
    select * from {{ ref('identity_weights') }}
),

records_counted as (
    select greatest(count(*), {{ var('identity_least_records') }}) as number_of_records
    from {{ ref('identity_comparable_records') }}
),

priors as (
    select
        2.0 * weights.matches / (records_counted.number_of_records - 1) as matches,
        2.0 * weights.relatives / (records_counted.number_of_records - 1) as relatives
    from weights
    cross join records_counted
    where weights.comparison = 'pair'
),

pattern_levels as (
    {% for comparison in comparisons %}
        select
            pattern_code,
            '{{ comparison }}' as comparison,
            {{ comparison }}_level as comparison_level
        from patterns
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

likelihoods as (
    select
        pattern_levels.pattern_code,
        sum(ln(coalesce(weights.matches, 1))) as matches,
        sum(ln(coalesce(weights.relatives, 1))) as relatives,
        sum(ln(coalesce(weights.strangers, 1))) as strangers
    from pattern_levels
    left join weights
        on
            pattern_levels.comparison = weights.comparison
            and pattern_levels.comparison_level = weights.level
    group by pattern_levels.pattern_code
),

final as (
    select
        likelihoods.pattern_code,
        (likelihoods.matches + ln(priors.matches)) / ln(2.0) as match_log2,
        (likelihoods.relatives + ln(priors.relatives)) / ln(2.0) as relative_log2,
        (
            likelihoods.strangers
            + ln(greatest(1 - priors.matches - priors.relatives, 0.000001))
        ) / ln(2.0) as stranger_log2
    from likelihoods
    cross join priors
)

select * from final
