-- Grain: one row per comparison of identity with a known truth, over all rules and by match rule.
-- A rule has no recall of its own: what it leaves to the others is no miss.
with evaluations as (
    select * from {{ ref('stg_ops__identity_evaluations') }}
),

rule_evaluations as (
    select * from {{ ref('stg_ops__identity_rule_evaluations') }}
),

evaluations_unioned as (
    select
        evaluation_id,
        build_id,
        evaluated_at,
        'all' as match_rule,
        records,
        customers,
        people,
        over_merged_customers,
        split_people,
        true_pairs,
        found_pairs,
        correct_pairs
    from evaluations
    union all
    select
        evaluations.evaluation_id,
        evaluations.build_id,
        evaluations.evaluated_at,
        rule_evaluations.match_rule,
        cast(null as bigint) as records,
        cast(null as bigint) as customers,
        cast(null as bigint) as people,
        cast(null as bigint) as over_merged_customers,
        cast(null as bigint) as split_people,
        cast(null as bigint) as true_pairs,
        rule_evaluations.links as found_pairs,
        rule_evaluations.correct_links as correct_pairs
    from rule_evaluations
    inner join evaluations
        on rule_evaluations.evaluation_id = evaluations.evaluation_id
),

newest as (
    select max(evaluation_id) as evaluation_id
    from evaluations
),

final as (
    select
        evaluations_unioned.evaluation_id,
        evaluations_unioned.build_id,
        evaluations_unioned.evaluated_at,
        evaluations_unioned.match_rule,
        evaluations_unioned.records,
        evaluations_unioned.customers,
        evaluations_unioned.people,
        evaluations_unioned.over_merged_customers,
        evaluations_unioned.split_people,
        evaluations_unioned.true_pairs,
        evaluations_unioned.found_pairs,
        evaluations_unioned.correct_pairs,
        cast(
            evaluations_unioned.correct_pairs * 1.0 / nullif(evaluations_unioned.found_pairs, 0)
            as numeric(7, 6)
        ) as precision_share,
        cast(
            evaluations_unioned.correct_pairs * 1.0 / nullif(evaluations_unioned.true_pairs, 0)
            as numeric(7, 6)
        ) as recall_share,
        cast(
            2.0 * evaluations_unioned.correct_pairs
            / nullif(evaluations_unioned.found_pairs + evaluations_unioned.true_pairs, 0)
            as numeric(7, 6)
        ) as f1_score,
        evaluations_unioned.evaluation_id = newest.evaluation_id as is_newest
    from evaluations_unioned
    cross join newest
)

select * from final
