-- Grain: one row per pair of records that nobody decided on, with a weight near the threshold: what
-- a steward had best look at, the most doubtful first by review_rank.
-- A pair below the threshold whose records are one customer by others is no question any more.
{% set comparisons = ['first_name', 'last_name', 'birth_date', 'email', 'phone', 'address'] %}
{#- The odds of a threshold of 0 or 1 are none. -#}
{% set threshold = [[var('identity_match_threshold') | float, 1e-9] | max, 1 - 1e-9] | min %}

with scored_pairs as (
    select
        *,
        match_weight - ln({{ threshold }} / (1 - {{ threshold }})) / ln(2.0) as bits_from_threshold
    from {{ ref('identity_scored_pairs') }}
),

comparisons as (
    select * from {{ ref('identity_comparisons') }}
),

weights as (
    select * from {{ ref('identity_weights') }}
),

records as (
    select
        records.record_number,
        records.source_customer_key,
        clusters.cluster_key
    from {{ ref('identity_comparable_records') }} as records
    inner join {{ ref('identity_clusters_decided') }} as clusters
        on records.source_customer_key = clusters.source_customer_key
),

near_pairs as (
    select
        scored_pairs.left_number,
        scored_pairs.right_number,
        scored_pairs.match_weight,
        scored_pairs.match_probability,
        scored_pairs.bits_from_threshold,
        least(left_records.source_customer_key, right_records.source_customer_key) as left_key,
        greatest(left_records.source_customer_key, right_records.source_customer_key) as right_key,
        left_records.cluster_key = right_records.cluster_key as is_one_customer
    from scored_pairs
    inner join records as left_records
        on scored_pairs.left_number = left_records.record_number
    inner join records as right_records
        on scored_pairs.right_number = right_records.record_number
    where
        abs(scored_pairs.bits_from_threshold) <= {{ var('identity_review_bits') }}
        and (
            scored_pairs.bits_from_threshold >= 0
            or left_records.cluster_key <> right_records.cluster_key
        )
),

final as (
    select
        near_pairs.left_key,
        near_pairs.right_key,
        near_pairs.is_one_customer,
        near_pairs.match_weight,
        near_pairs.match_probability,
        {% for comparison in comparisons %}
            coalesce({{ comparison }}_weights.match_weight, 0) as {{ comparison }}_weight,
        {% endfor %}
        row_number() over (
            order by
                abs(near_pairs.bits_from_threshold) asc,
                near_pairs.left_key asc,
                near_pairs.right_key asc
        ) as review_rank
    from near_pairs
    inner join comparisons
        on
            near_pairs.left_number = comparisons.left_number
            and near_pairs.right_number = comparisons.right_number
    {% for comparison in comparisons %}
        left join weights as {{ comparison }}_weights
            on
                comparisons.{{ comparison }}_level = {{ comparison }}_weights.level
                and {{ comparison }}_weights.comparison = '{{ comparison }}'
    {% endfor %}
    left join {{ ref('identity_decisions') }} as decisions
        on near_pairs.left_key = decisions.left_key and near_pairs.right_key = decisions.right_key
    where decisions.decision_id is null
)

select * from final
