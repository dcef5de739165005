-- Invariant: per source, every customer key in raw has exactly one customer; and the customers of
-- dim_customers hold as many records together.
-- Otherwise a record was lost or doubled between a file and the golden record. A blank source or
-- key counts as one without a customer: the loader should have set the row aside. In a replay of a
-- past day the records made later are not there.
with raw_keys as (
    select
        'shop' as source_name,
        {{ clean_text('customer_id') }} as source_customer_id
    from {{ source('shop', 'customers') }}
    union
    select
        'loyalty' as source_name,
        {{ clean_text('loyalty_id') }} as source_customer_id
    from {{ source('loyalty', 'loyalty_accounts') }}
    union
    select
        'salesforce' as source_name,
        {{ clean_text('id') }} as source_customer_id
    from {{ source('salesforce', 'contacts') }}
    union
    select
        'dynamics' as source_name,
        {{ clean_text('contactid') }} as source_customer_id
    from {{ source('dynamics', 'contacts') }}
    union
    select
        'dealership' as source_name,
        {{ clean_text('customer_id') }} as source_customer_id
    from {{ source('dealership', 'customers') }}
    union
    select
        'retail_api' as source_name,
        {{ clean_text('customer_id') }} as source_customer_id
    from {{ source('retail_api', 'customers') }}
    union
    select
        {{ external_source_name('source') }} as source_name,
        {{ clean_text('source_id') }} as source_customer_id
    from {{ source('external', 'customers') }}
),

delivered as (
    select
        source_name,
        count(*) as records
    from raw_keys
    group by source_name
),

resolved as (
    select
        source_name,
        count(*) as records
    from {{ ref('identity_customers') }}
    group by source_name
),

per_source as (
    select
        coalesce(delivered.source_name, resolved.source_name, 'no source') as subject,
        coalesce(delivered.records, 0) as expected_records,
        coalesce(resolved.records, 0) as found_records
    from delivered
    full outer join resolved
        on delivered.source_name = resolved.source_name
),

later as (
    select source_customer_key
    from {{ ref('identity_records') }}
    where
        created_at <= _loaded_at
        and {{ utc_date('created_at') }} > {{ date_literal(var('as_of_date')) }}
),

published as (
    select
        'dim_customers' as subject,
        (select count(*) from {{ ref('identity_customers') }})
        - (select count(*) from later) as expected_records,
        (select coalesce(sum(record_count), 0) from {{ ref('dim_customers') }}) as found_records
),

compared as (
    select * from per_source
    union all
    select * from published
)

select * from compared
where expected_records <> found_records
