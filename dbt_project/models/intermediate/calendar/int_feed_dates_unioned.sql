-- Grain: one row per feed with business dates, delivering system, load batch, format and day.
-- A new feed is one more line of the list: source, table, day of its rows, its text as delivered.
-- A day after its own load cannot have happened yet, one before the earliest business date stands
-- for none: both are defects of the source, which must move no other date.
{# A ready feed serves several systems, each with deliveries of its own. #}
{% set systems = {'external': 'source_name'} %}
{% set feeds = [
    ['shop', 'customers', utc_date('created_at'), 'created_at_raw'],
    ['shop', 'online_transactions', utc_date('ordered_at'), 'ordered_at_raw'],
    ['shop', 'returns', utc_date('returned_at'), 'returned_at_raw'],
    ['stores', 'instore_transactions', utc_date('transaction_at'), 'transaction_at_raw'],
    ['retail_api', 'customers', utc_date('created_at'), 'created_at_raw'],
    ['retail_api', 'transactions', utc_date('transaction_at'), 'transaction_at_raw'],
    ['loyalty', 'loyalty_accounts', utc_date('created_at'), 'created_at_raw'],
    ['loyalty', 'loyalty_transactions', utc_date('occurred_at'), 'occurred_at_raw'],
    ['support', 'service_interactions', utc_date('opened_at'), 'opened_at_raw'],
    ['marketing', 'campaign_sessions', utc_date('session_started_at'), 'session_started_at_raw'],
    ['marketing', 'campaign_spend', 'spend_date', 'spend_date_raw'],
    ['salesforce', 'contacts', utc_date('updated_at'), 'updated_at_raw'],
    ['salesforce', 'opportunities', utc_date('created_at'), 'created_at_raw'],
    ['dynamics', 'contacts', utc_date('updated_at'), 'updated_at_raw'],
    ['dealership', 'customers', utc_date('updated_at'), 'updated_at_raw'],
    ['dealership', 'vehicle_sales', utc_date('sold_at'), 'sale_date_raw'],
    ['dealership', 'service_records', utc_date('serviced_at'), 'service_date_raw'],
    ['digital', 'events', utc_date('occurred_at'), 'occurred_at_raw'],
    ['consent', 'consent_events', utc_date('occurred_at'), 'occurred_at_raw'],
    ['external', 'customers', utc_date('created_at'), 'created_at_raw'],
    ['external', 'transactions', utc_date('transaction_at'), 'transaction_at_raw'],
] %}

with dates_unioned as (
    {% for source_name, table_name, business_date, raw_text in feeds %}
        select
            '{{ source_name }}.{{ table_name }}' as feed,
            {{ systems.get(source_name, "'" ~ source_name ~ "'") }} as system_name,
            _batch_id as batch_id,
            {{ date_format(raw_text) }} as date_format,
            {{ business_date }} as business_date,
            {{ utc_date('_loaded_at') }} as loaded_date
        from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

dates_counted as (
    select
        feed,
        system_name,
        batch_id,
        date_format,
        business_date,
        coalesce(
            business_date <= loaded_date and not {{ is_implausible_date('business_date') }}, false
        ) as has_happened,
        count(*) as delivered_rows
    from dates_unioned
    group by feed, system_name, batch_id, date_format, business_date, loaded_date
)

select * from dates_counted
