-- Grain: one row per source and customer record, in the version that was delivered last.
-- All deliveries of a record are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
-- The countries are looked up here because a national telephone number means nothing without one.
{{ config(unique_key=['source_name', 'source_customer_id']) }}

with source_rows as (
    select * from {{ source('external', 'customers') }}
),

countries as (
    select * from {{ ref('countries') }}
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

deliveries as (
    select
        *,
        {{ external_source_name('source_rows.source') }} as source_name,
        {{ clean_text('source_rows.source_id') }} as source_customer_id
    from source_rows
),

delivered_keys as (
    select distinct
        source_name,
        source_customer_id
    from deliveries
    where {{ new_loads_only() }}
),

versions as (
    select
        deliveries.*,
        row_number() over (
            partition by deliveries.source_name, deliveries.source_customer_id
            order by deliveries._batch_id desc nulls last, deliveries._line desc nulls last
        ) as recency,
        first_value(deliveries._batch_id) over (
            partition by deliveries.source_name, deliveries.source_customer_id
            order by deliveries._batch_id asc nulls last, deliveries._line asc nulls last
        ) as _first_batch_id,
        first_value(deliveries._line) over (
            partition by deliveries.source_name, deliveries.source_customer_id
            order by deliveries._batch_id asc nulls last, deliveries._line asc nulls last
        ) as _first_line,
        {{ clean_text('country') }} as country_given,
        {{ phone_digits('phone') }} as phone_dialled
    from deliveries
    inner join delivered_keys
        on
            deliveries.source_name = delivered_keys.source_name
            and deliveries.source_customer_id = delivered_keys.source_customer_id
),

latest as (
    select
        *,
        {{ comparable_text('country_given') }} as country_alias
    from versions
    where recency = 1
),

final as (
    select
        latest.source_name,
        latest.source_customer_id,
        {{ clean_name('latest.first_name') }} as first_name,
        {{ clean_name('latest.last_name') }} as last_name,
        {{ parse_email('latest.email') }} as email,
        {{ e164_phone('latest.phone_dialled', 'countries') }} as phone,
        {{ parse_date(clean_text('latest.dob')) }} as birth_date,
        {{ clean_text('latest.street') }} as street,
        {{ clean_text('latest.city') }} as city,
        {{ clean_text('latest.state') }} as state,
        {{ clean_text('latest.postcode') }} as postcode,
        latest.country_given as country,
        countries.country_code,
        {{ parse_instant(clean_text('latest.created_at')) }} as created_at,
        latest.first_name as first_name_raw,
        latest.last_name as last_name_raw,
        latest.email as email_raw,
        latest.phone as phone_raw,
        latest.dob as birth_date_raw,
        latest.city as city_raw,
        latest.created_at as created_at_raw,
        {{ any_stray_spaces('latest', ['first_name', 'last_name', 'email', 'phone', 'city']) }}
            as has_stray_spaces,
        {{ any_single_case('latest', ['first_name', 'last_name', 'city']) }}
        or coalesce(latest.email <> lower(latest.email), false) as has_mixed_case,
        {{ any_foreign_characters('latest', ['first_name', 'last_name']) }}
            as has_special_characters,
        latest._first_batch_id,
        latest._first_line,
        latest._file_sha256,
        latest._file_name,
        latest._line,
        latest._loaded_at,
        latest._batch_id
    from latest
    left join country_aliases
        on latest.country_alias = country_aliases.alias
    left join countries
        on country_aliases.country_code = countries.country_code
)

select * from final
