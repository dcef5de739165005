-- Grain: one row per topic and subject; for evaluations, one per comparison and match rule.
-- One table for all topics, so that a dashboard reads one; what does not apply to a topic is null.
with customers_counted as (
    select
        topic,
        subject,
        sort_order,
        is_suspicious,
        records,
        customers,
        found_pairs
    from {{ ref('int_match_bands_summarised') }}
    union all
    select
        topic,
        subject,
        sort_order,
        cast(null as boolean) as is_suspicious,
        records,
        customers,
        cast(null as bigint) as found_pairs
    from {{ ref('int_match_guards_summarised') }}
),

rules as (
    select * from {{ ref('int_match_rules_summarised') }}
),

evaluations as (
    select * from {{ ref('int_match_evaluations_summarised') }}
),

coverage as (
    select * from {{ ref('int_match_coverage_summarised') }}
),

subjects as (
    select
        topic,
        subject,
        sort_order,
        cast(null as bigint) as evaluation_id,
        cast(null as bigint) as records
    from customers_counted
    union all
    select
        'rule' as topic,
        match_rule as subject,
        row_number() over (order by match_rule asc) as sort_order,
        cast(null as bigint) as evaluation_id,
        cast(null as bigint) as records
    from rules
    union all
    select
        'evaluation' as topic,
        match_rule as subject,
        row_number() over (order by evaluation_id asc, match_rule asc) as sort_order,
        evaluation_id,
        records
    from evaluations
    union all
    select
        topic,
        subject,
        sort_order,
        cast(null as bigint) as evaluation_id,
        records
    from coverage
),

final as (
    select
        subjects.topic,
        subjects.subject,
        customers_counted.is_suspicious,
        coverage.linked_share,
        rules.links_of_no_other_rule,
        rules.withheld_values,
        subjects.evaluation_id,
        evaluations.evaluated_at,
        evaluations.build_id as evaluated_build_id,
        evaluations.is_newest as is_newest_evaluation,
        evaluations.people,
        evaluations.true_pairs,
        evaluations.correct_pairs,
        evaluations.over_merged_customers,
        evaluations.split_people,
        evaluations.precision_share,
        evaluations.recall_share,
        evaluations.f1_score,
        subjects.topic || ':'
        || coalesce(cast(subjects.evaluation_id as {{ dbt.type_string() }}) || ':', '')
        || subjects.subject as match_quality_id,
        cast(subjects.sort_order as integer) as sort_order,
        cast(coverage.candidate_pairs as bigint) as candidate_pairs,
        cast(coverage.new_pairs as bigint) as new_candidate_pairs,
        cast(coverage.skipped_blocks as bigint) as skipped_blocks,
        coalesce(rules.links, coverage.links) as links,
        cast(
            coalesce(customers_counted.records, rules.linked_records, subjects.records) as bigint
        ) as records,
        coalesce(customers_counted.customers, evaluations.customers) as customers,
        cast(
            coalesce(customers_counted.found_pairs, evaluations.found_pairs) as bigint
        ) as found_pairs
    from subjects
    left join customers_counted
        on
            subjects.topic = customers_counted.topic
            and subjects.subject = customers_counted.subject
    left join rules
        on subjects.subject = rules.match_rule and subjects.topic = 'rule'
    left join evaluations
        on
            subjects.evaluation_id = evaluations.evaluation_id
            and subjects.subject = evaluations.match_rule
    left join coverage
        on subjects.topic = coverage.topic and subjects.subject = coverage.subject
)

select * from final
