-- Grain: one row per customer record and change of the customer it belongs to, as builds saw it.
-- Rows are only ever added, also with --full-refresh: ids are inherited from here, so what is lost
-- here is forgotten. Builds count, not publications: see docs/decisions/0023.
{% set logged_columns = [
    'source_customer_key', 'customer_id', 'is_removed', 'revision', 'record_number',
] %}

with customers as (
    select * from {{ ref('identity_customers') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

states as (
    select
        source_customer_key,
        customer_id,
        false as is_removed,
        cast(0 as {{ dbt.type_bigint() }}) as revision,
        cast(0 as {{ dbt.type_bigint() }}) as record_number
    from customers
),

logged as (
    select * from {{ rows_logged_so_far(logged_columns, 'states') }}
),

logged_ranked as (
    select
        *,
        row_number() over (
            partition by source_customer_key order by revision desc nulls last
        ) as recency
    from logged
),

latest as (
    select * from logged_ranked
    where recency = 1
),

newest as (
    select
        coalesce(max(revision), 0) as revision,
        coalesce(max(record_number), 0) as record_number
    from logged
),

arrived as (
    select
        states.source_customer_key,
        states.customer_id,
        false as is_removed,
        newest.record_number + row_number() over (
            order by
                records._first_batch_id asc nulls last,
                records._first_line asc nulls last,
                records.source_customer_key asc nulls last
        ) as record_number
    from states
    inner join records
        on states.source_customer_key = records.source_customer_key
    cross join newest
    left join latest
        on states.source_customer_key = latest.source_customer_key
    where latest.source_customer_key is null
),

changed as (
    select
        latest.source_customer_key,
        coalesce(states.customer_id, latest.customer_id) as customer_id,
        states.customer_id is null as is_removed,
        latest.record_number
    from latest
    left join states
        on latest.source_customer_key = states.source_customer_key
    where
        (states.customer_id is null and not latest.is_removed)
        or (states.customer_id is not null and latest.is_removed)
        or states.customer_id <> latest.customer_id
),

unioned as (
    select * from arrived
    union all
    select * from changed
),

final as (
    select
        unioned.source_customer_key,
        unioned.customer_id,
        unioned.is_removed,
        newest.revision + 1 as revision,
        unioned.record_number,
        {{ text_literal(current_build_id()) }} as build_id,
        {{ run_started_at_instant() }} as recorded_at
    from unioned
    cross join newest
    where {{ is_remembered_build() }}
)

select * from final
