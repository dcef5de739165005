-- Grain: one row per customer of the partner's system, in the version that was delivered last.
-- All deliveries of a customer are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('retail_api', 'customers') }}
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
        {{ clean_text('source_rows.customer_id') }} as source_customer_id
    from source_rows
),

delivered_keys as (
    select source_customer_id
    from deliveries
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        row_number() over (
            partition by source_customer_id
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency,
        first_value(_batch_id) over (
            partition by source_customer_id
            order by _batch_id asc nulls last, _line asc nulls last
        ) as _first_batch_id,
        first_value(_line) over (
            partition by source_customer_id
            order by _batch_id asc nulls last, _line asc nulls last
        ) as _first_line,
        {{ clean_text('country') }} as country_given,
        {{ clean_name('full_name') }} as full_name_given
    from deliveries
    where source_customer_id in (select delivered_keys.source_customer_id from delivered_keys)
),

latest as (
    select
        *,
        {{ comparable_text('country_given') }} as country_alias,
        full_name_given like '% %' as has_two_names
    from versions
    where recency = 1
),

final as (
    select
        latest.source_customer_id,
        latest.full_name_given as full_name,
        {{ regex_replace_all('latest.full_name_given', ' [^ ]+$', '') }} as first_name,
        case
            when latest.has_two_names
                then {{ regex_replace_all('latest.full_name_given', '^.* ', '') }}
        end as last_name,
        {{ parse_email('latest.email') }} as email,
        cast(null as {{ dbt.type_string() }}) as phone,
        cast(null as {{ dbt.type_string() }}) as city,
        latest.country_given as country,
        countries.country_code,
        {{ parse_instant(clean_text('latest.registration_date')) }} as created_at,
        latest.full_name as full_name_raw,
        latest.email as email_raw,
        cast(null as {{ dbt.type_string() }}) as phone_raw,
        latest.registration_date as created_at_raw,
        {{ any_stray_spaces('latest', ['full_name', 'email']) }} as has_stray_spaces,
        {{ any_single_case('latest', ['full_name']) }}
        or coalesce(latest.email <> lower(latest.email), false) as has_mixed_case,
        {{ any_foreign_characters('latest', ['full_name']) }} as has_special_characters,
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
