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
        customer_id as shop_customer_id_raw,
        first_name as first_name_raw,
        last_name as last_name_raw,
        email as email_raw,
        phone as phone_raw,
        country as country_raw,
        points_earned as points_earned_raw,
        tier_level as tier_level_raw,
        joined_at as created_at_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id,
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
        {{ version_columns(['source_customer_id']) }}
    from deliveries
    where source_customer_id in (select delivered_keys.source_customer_id from delivered_keys)
),

latest as (
    select
        *,
        {{ country_and_phone_columns() }}
    from versions
    where recency = 1
),

final as (
    select
        latest.source_customer_id,
        {{ contact_columns('latest', 'countries') }},
        {{ clean_text('latest.shop_customer_id_raw') }} as shop_customer_id,
        {{ parse_integer('latest.points_earned_raw') }} as points_earned,
        {{ capitalised_words('lower(' ~ clean_text('latest.tier_level_raw') ~ ')') }}
            as loyalty_tier,
        latest.points_earned_raw,
        {{ contact_flags('latest', ['first_name_raw', 'last_name_raw'], ['phone_raw']) }},
        {{ customer_lineage_columns('latest') }}
    from latest
    left join country_aliases
        on latest.country_alias = country_aliases.alias
    left join countries
        on country_aliases.country_code = countries.country_code
)

select * from final
