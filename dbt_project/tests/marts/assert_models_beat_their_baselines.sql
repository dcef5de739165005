-- Invariant: over its cut-offs, a model ranks customers at least as well as each baseline.
-- Otherwise recency or frequency alone would serve better than the model; it warns, as a score that
-- lost is still a score.
{{ config(severity='warn') }}  -- here, as dbt's partial parse forgets that of the YAML file

with backtests as (
    select * from {{ ref('model_backtests') }}
),

averaged as (
    select
        target,
        model,
        is_baseline,
        avg(auc) as mean_auc
    from backtests
    where model <> 'simple_formula'
    group by target, model, is_baseline
)

select
    models.target,
    models.model,
    models.mean_auc,
    baselines.model as baseline,
    baselines.mean_auc as baseline_auc
from averaged as models
inner join averaged as baselines
    on models.target = baselines.target
where
    not models.is_baseline
    and baselines.is_baseline
    and models.mean_auc < baselines.mean_auc
