-- Invariant: each customer of dim_customers has exactly one current version in
-- dim_customers_history, with the same golden record, and nobody else has one.
-- A log that misses a change, or a version that never ends, breaks it. A replay of a day before the
-- newest one noted logs nothing, so there is nothing to compare then.
{% set parts = [
    'personal_part.first_name', 'personal_part.last_name', 'personal_part.email',
    'personal_part.phone', 'personal_part.birth_date', 'personal_part.street', 'open_part.city',
    'personal_part.postcode',
] %}

with log_state as (
    select max(valid_from) as newest_logged_date
    from {{ ref('int_customer_versions_logged') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

customers as (
    select
        open_part.customer_id,
        {{ row_fingerprint(parts) }} as fingerprint
    from {{ ref('dim_customers') }} as open_part
    left join {{ ref('dim_customers_personal') }} as personal_part
        on open_part.customer_id = personal_part.customer_id
),

versions as (
    select
        open_part.customer_id,
        {{ row_fingerprint(parts) }} as fingerprint
    from {{ ref('dim_customers_history') }} as open_part
    left join {{ ref('dim_customers_history_personal') }} as personal_part
        on open_part.customer_version_id = personal_part.customer_version_id
    where open_part.is_current
),

compared as (
    select
        customers.fingerprint,
        versions.fingerprint as logged_fingerprint,
        coalesce(customers.customer_id, versions.customer_id) as customer_id
    from customers
    full outer join versions
        on customers.customer_id = versions.customer_id
),

counted as (
    select
        customer_id,
        count(*) as number_of_rows,
        sum(case when fingerprint = logged_fingerprint then 1 else 0 end) as number_of_same
    from compared
    group by customer_id
)

select counted.*
from counted
cross join log_state
cross join as_of
where
    as_of.as_of_date >= log_state.newest_logged_date
    and (counted.number_of_rows <> 1 or counted.number_of_same <> 1)
