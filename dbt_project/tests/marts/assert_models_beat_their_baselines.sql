-- Invariant: over its cut-offs, a model does at least as well as each baseline by AUC, by lift at
-- 10 % and, where it tells a probability, by Brier score. Otherwise recency or frequency alone
-- would serve better than the model; it warns, as a score that lost is still a score. Each row
-- names the number.
{{ config(severity='warn') }}  -- here, as dbt's partial parse forgets that of the YAML file
{% set better_signs = {'auc': 1, 'lift_top_decile': 1, 'brier_score': -1} %}

with backtests as (
    select * from {{ ref('model_backtests') }}
    where model <> 'simple_formula'
),

measured as (
    {% for measure, better_sign in better_signs.items() %}
        select
            target,
            model,
            is_baseline,
            '{{ measure }}' as measure,
            {{ better_sign }} as better_sign,
            avg({{ measure }}) as mean_value
        from backtests
        group by target, model, is_baseline
        {{ 'union all' if not loop.last }}
    {% endfor %}
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
