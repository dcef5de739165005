-- Grain: one row per customer and change of the golden record that a run has seen.
-- Rows are only ever added: yesterday's golden record cannot be built again from today's records.
-- A customer who is gone, merged into another, gets a last row that says so. A replay of a day
-- before the newest one noted adds nothing, or the past would come after the present.
{% set logged_columns = [
    'customer_id', 'first_name', 'last_name', 'email', 'phone', 'birth_date', 'street', 'city',
    'state', 'postcode', 'country_code', 'country', 'version_fingerprint', 'valid_from',
    'recorded_at', 'is_removed',
] %}

with customers as (
    select * from {{ ref('int_customer_golden_records') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

states as (
    select
        customers.customer_id,
        customers.first_name,
        customers.last_name,
        customers.email,
        customers.phone,
        customers.birth_date,
        customers.street,
        customers.city,
        customers.state,
        customers.postcode,
        customers.country_code,
        customers.country,
        {{
            row_fingerprint([
                'customers.first_name', 'customers.last_name', 'customers.email',
                'customers.phone', 'customers.birth_date', 'customers.street', 'customers.city',
                'customers.state', 'customers.postcode', 'customers.country'
            ])
        }} as version_fingerprint,
        as_of.as_of_date as valid_from,
        {{ run_started_at_instant() }} as recorded_at,
        false as is_removed
    from customers
    cross join as_of
),

logged as (
    select * from {{ rows_logged_so_far(logged_columns, 'states') }}
),

logged_ranked as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by valid_from desc nulls last, recorded_at desc nulls last
        ) as recency
    from logged
),

latest as (
    select * from logged_ranked
    where recency = 1
),

newest as (
    select max(valid_from) as newest_logged_date
    from logged
),

changed as (
    select states.*
    from states
    left join latest
        on states.customer_id = latest.customer_id
    where
        latest.customer_id is null
        or latest.is_removed
        or latest.version_fingerprint <> states.version_fingerprint
),

removed as (
    select
        latest.customer_id,
        latest.first_name,
        latest.last_name,
        latest.email,
        latest.phone,
        latest.birth_date,
        latest.street,
        latest.city,
        latest.state,
        latest.postcode,
        latest.country_code,
        latest.country,
        latest.version_fingerprint,
        as_of.as_of_date as valid_from,
        {{ run_started_at_instant() }} as recorded_at,
        true as is_removed
    from latest
    cross join as_of
    left join states
        on latest.customer_id = states.customer_id
    where states.customer_id is null and not latest.is_removed
),

unioned as (
    select * from changed
    union all
    select * from removed
),

final as (
    select unioned.*
    from unioned
    cross join newest
    where
        newest.newest_logged_date is null
        or unioned.valid_from >= newest.newest_logged_date
)

select * from final
