-- Invariant: the eight components of engagement_score are all weighted, the weights sum to 1, and
-- each component can be full.
-- Otherwise a score could leave 0 to 100, or be null where a component has no weight.
select
    count(*) as components,
    sum(weight) as total_weight
from {{ ref('engagement_weights') }}
having
    count(*) <> 8
    or sum(weight) <> 1
    or min(weight) < 0
    or min(full_value) <= 0
