-- Invariant: over its cut-offs, a model does at least as well as each baseline by AUC, by lift at
-- 10 % and, where it tells a probability, by Brier score. Otherwise recency or frequency alone
-- would serve better than the model; it warns, as a score that lost is still a score. Each row
-- names the number.
{{ config(severity='warn') }}  -- here, as dbt's partial parse forgets that of the YAML file

with backtests as (
    select * from {{ ref('model_backtests') }}
    where model <> 'simple_formula'
),

measured as (
    select
        target,
        model,
        is_baseline,
        'auc' as measure,
        1 as better_sign,
        avg(auc) as mean_value
    from backtests
    group by target, model, is_baseline
    union all
    select
        target,
        model,
        is_baseline,
        'lift_top_decile' as measure,
        1 as better_sign,
        avg(lift_top_decile) as mean_value
    from backtests
    group by target, model, is_baseline
    union all
    select
        target,
        model,
        is_baseline,
        'brier_score' as measure,
        -1 as better_sign,
        avg(brier_score) as mean_value
    from backtests
    group by target, model, is_baseline
)

select
    models.target,
    models.model,
    models.measure,
    models.mean_value,
    baselines.model as baseline,
    baselines.mean_value as baseline_value
from measured as models
inner join measured as baselines
    on
        models.target = baselines.target
        and models.measure = baselines.measure
where
    not models.is_baseline
    and baselines.is_baseline
    and models.better_sign * models.mean_value < baselines.better_sign * baselines.mean_value
