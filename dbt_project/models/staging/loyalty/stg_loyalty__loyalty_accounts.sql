-- Grain: one row per member of the loyalty programme, in the version that was delivered last.
-- All deliveries of a member are read again with its newest one, so that its first delivery,
-- which decides the age of a record, is the same after an incremental run and a full refresh.
-- The countries are looked up here because a national telephone number means nothing without one.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('loyalty', 'loyalty_accounts') }}
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
        {{ clean_text('source_rows.loyalty_id') }} as source_customer_id
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
        {{ phone_digits('phone') }} as phone_dialled
    from deliveries
    where source_customer_id in (select delivered_keys.source_customer_id from delivered_keys)
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
        latest.source_customer_id,
        {{ clean_name('latest.first_name') }} as first_name,
        {{ clean_name('latest.last_name') }} as last_name,
        {{ parse_email('latest.email') }} as email,
        {{ e164_phone('latest.phone_dialled', 'countries') }} as phone,
        latest.country_given as country,
        countries.country_code,
        {{ parse_instant(clean_text('latest.joined_at')) }} as created_at,
        {{ clean_text('latest.customer_id') }} as shop_customer_id,
        {{ parse_integer('latest.points_earned') }} as points_earned,
        {{ capitalised_words('lower(' ~ clean_text('latest.tier_level') ~ ')') }} as loyalty_tier,
        latest.first_name as first_name_raw,
        latest.last_name as last_name_raw,
        latest.email as email_raw,
        latest.phone as phone_raw,
        latest.joined_at as created_at_raw,
        latest.points_earned as points_earned_raw,
        {{ any_stray_spaces('latest', ['first_name', 'last_name', 'email', 'phone']) }}
            as has_stray_spaces,
        {{ any_single_case('latest', ['first_name', 'last_name']) }}
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
