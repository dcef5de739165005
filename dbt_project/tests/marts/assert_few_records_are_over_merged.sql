-- Few records belong to customers who look like several people: too many records, given names,
-- birth dates or addresses in one. A rule that links strangers would otherwise show readers a
-- person's orders as another's, and no count of rows would tell.
with match_quality as (
    select * from {{ ref('match_quality') }}
),

all_records as (
    select records
    from match_quality
    where topic = 'all'
),

suspicious as (
    select
        topic,
        sum(records) as records
    from match_quality
    where is_suspicious
    group by topic
)

select
    suspicious.topic,
    suspicious.records,
    all_records.records as all_records
from suspicious
cross join all_records
where suspicious.records > all_records.records * {{ var('identity_max_suspicious_share') }}
