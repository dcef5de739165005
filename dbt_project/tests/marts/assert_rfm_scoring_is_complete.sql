-- Invariant: rfm_scoring has one row for each component, and fixed thresholds lead upwards: more
-- orders, more money, fewer days. Without a row no customer would be scored at all; thresholds out
-- of order would leave a score that nobody can reach.
with scoring as (
    select * from {{ ref('rfm_scoring') }}
),

components as (
    select 'recency' as component
    union all
    select 'frequency' as component
    union all
    select 'monetary' as component
)

select
    components.component,
    scoring.method
from components
left join scoring
    on components.component = scoring.component
where
    scoring.component is null
    or (
        scoring.method = 'threshold'
        and not coalesce(
            case
                when components.component = 'recency'
                    then
                        scoring.threshold_2 > scoring.threshold_3
                        and scoring.threshold_3 > scoring.threshold_4
                        and scoring.threshold_4 > scoring.threshold_5
                else
                    scoring.threshold_2 < scoring.threshold_3
                    and scoring.threshold_3 < scoring.threshold_4
                    and scoring.threshold_4 < scoring.threshold_5
            end, false
        )
    )
