-- Invariant: customer_health's five components are all weighted and the weights sum to 1.
-- Otherwise a score could leave 0 to 100, or be null where a component has no weight.
select
    count(*) as components,
    sum(weight) as total_weight
from {{ ref('health_weights') }}
having
    count(*) <> 5
    or sum(weight) <> 1
    or min(weight) < 0
