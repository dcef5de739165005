-- Invariant: the seed names each of the 125 cells of three scores of 1 to 5 exactly once.
-- A missing cell would leave customers without a segment; a cell named twice would double them.
with scores as (
    select 1 as score
    union all
    select 2 as score
    union all
    select 3 as score
    union all
    select 4 as score
    union all
    select 5 as score
),

cells as (
    select
        recency.score as recency_score,
        frequency.score as frequency_score,
        monetary.score as monetary_score
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary
),

names as (
    select
        recency_score,
        frequency_score,
        monetary_score,
        count(*) as times_named
    from {{ ref('rfm_segments') }}
    where
        segment is not null
        and segment_simple is not null
        and rfm_churn_risk_level is not null
    group by recency_score, frequency_score, monetary_score
)

select
    cells.recency_score,
    cells.frequency_score,
    cells.monetary_score,
    names.times_named
from cells
full outer join names
    on
        cells.recency_score = names.recency_score
        and cells.frequency_score = names.frequency_score
        and cells.monetary_score = names.monetary_score
where
    cells.recency_score is null
    or coalesce(names.times_named, 0) <> 1
