-- Invariant: the matching makes no cluster of more records than the limit. Otherwise a chain of
-- weak links could make one customer of hundreds of people.
select
    cluster_key,
    count(*) as number_of_records
from {{ ref('identity_clusters') }}
group by cluster_key
having count(*) > {{ var('identity_max_cluster_records') }}
