-- Grain: one row per campaign and day, in the version that was delivered last.
-- A day that cannot be read stays as a row under its own text, so that its money is not lost.
{{ config(unique_key='spend_id') }}

with source_rows as (
    select * from {{ source('marketing', 'campaign_spend') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        coalesce(
            substr({{ iso_instant_text(clean_text('date')) }}, 1, 10), {{ clean_text('date') }}
        ) as day_key,
        {{ clean_text('campaign') }} as campaign_key
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by day_key, campaign_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where day_key is not null and campaign_key is not null
),

final as (
    select
        day_key || ' ' || campaign_key as spend_id,
        {{ parse_date(clean_text('date')) }} as spend_date,
        campaign_key as campaign,
        {{ parse_integer('impressions') }} as impressions,
        {{ parse_integer('clicks') }} as clicks,
        {{ parse_money('spend') }} as spend,
        date as spend_date_raw,
        impressions as impressions_raw,
        clicks as clicks_raw,
        spend as spend_raw,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
