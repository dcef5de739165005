-- Grain: one row per feed with business dates and load batch.
-- A row is late if an earlier delivery of its feed had already got to its day. One that had come in
-- time and comes again is no late one: only the raw rows still know of its first delivery.
-- The list: source, table, key of a raw row, the same key in staging, day of the row.
{# A ready feed serves several systems, each with deliveries of its own. #}
{% set systems = {'external': 'source_name'} %}
{% set feeds = [
    ['shop', 'customers', 'customer_id', 'source_customer_id', utc_date('created_at')],
    ['shop', 'online_transactions', 'order_id', 'order_id', utc_date('ordered_at')],
    ['shop', 'returns', 'return_id', 'return_id', utc_date('returned_at')],
    [
        'stores', 'instore_transactions', 'transaction_id', 'transaction_id',
        utc_date('transaction_at'),
    ],
    ['retail_api', 'customers', 'customer_id', 'source_customer_id', utc_date('created_at')],
    ['retail_api', 'transactions', 'transaction_id', 'transaction_id', utc_date('transaction_at')],
    ['loyalty', 'loyalty_accounts', 'loyalty_id', 'source_customer_id', utc_date('created_at')],
    [
        'loyalty', 'loyalty_transactions', 'loyalty_transaction_id', 'loyalty_transaction_id',
        utc_date('occurred_at'),
    ],
    ['support', 'service_interactions', 'interaction_id', 'interaction_id', utc_date('opened_at')],
    ['marketing', 'campaign_sessions', 'session_id', 'session_id', utc_date('session_started_at')],
    ['marketing', 'campaign_spend', 'date || campaign', 'spend_date_raw || campaign', 'spend_date'],
    ['salesforce', 'contacts', 'id', 'source_customer_id', utc_date('updated_at')],
    ['salesforce', 'opportunities', 'id', 'opportunity_id', utc_date('created_at')],
    ['dynamics', 'contacts', 'contactid', 'source_customer_id', utc_date('updated_at')],
    ['dealership', 'customers', 'customer_id', 'source_customer_id', utc_date('updated_at')],
    ['dealership', 'vehicle_sales', 'sale_id', 'sale_id', utc_date('sold_at')],
    ['dealership', 'service_records', 'service_id', 'service_id', utc_date('serviced_at')],
    ['digital', 'events', 'event_id', 'event_id', utc_date('occurred_at')],
    [
        'consent', 'consent_events', 'consent_event_id', 'consent_event_id',
        utc_date('occurred_at'),
    ],
    [
        'external', 'customers', 'source || source_id', 'source_name || source_customer_id',
        utc_date('created_at'),
    ],
    [
        'external', 'transactions', 'source || transaction_id', 'source_name || transaction_id',
        utc_date('transaction_at'),
    ],
] %}

with feed_dates as (
    select * from {{ ref('int_feed_dates_unioned') }}
),

batches as (
    select
        feed,
        system_name,
        batch_id,
        sum(delivered_rows) as examined_rows,
        max(case when has_happened then business_date end) as newest_date
    from feed_dates
    group by feed, system_name, batch_id
),

reached as (
    select
        feed,
        system_name,
        batch_id,
        max(newest_date) over (
            partition by feed, system_name
            order by batch_id asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from batches
),

late_rows as (
    {% for source_name, table_name, raw_key, row_key, business_date in feeds %}
        select
            reached.feed,
            reached.batch_id,
            {{ row_key }} as row_key
        from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }} as kept_rows
        inner join reached
            on
                reached.feed = '{{ source_name }}.{{ table_name }}'
                and reached.system_name
                = {{ systems.get(source_name, "'" ~ source_name ~ "'") }}
                and kept_rows._batch_id = reached.batch_id
                and {{ business_date }} <= reached.reached_date
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

repeated_rows as (
    {% for source_name, table_name, raw_key, row_key, business_date in feeds %}
        select distinct
            late_rows.feed,
            late_rows.batch_id,
            late_rows.row_key
        from {{ source(source_name, table_name) }} as raw_rows
        inner join late_rows
            on
                late_rows.feed = '{{ source_name }}.{{ table_name }}'
                and {{ raw_key }} = late_rows.row_key
                and raw_rows._batch_id < late_rows.batch_id
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

{% for kind in ['late', 'repeated'] %}
    {{ kind }}_counted as (
        select
            feed,
            batch_id,
            count(*) as {{ kind }}_rows
        from {{ kind }}_rows
        group by feed, batch_id
    ),
{% endfor %}

examined as (
    select
        feed,
        batch_id,
        cast(sum(examined_rows) as bigint) as examined_rows
    from batches
    group by feed, batch_id
),

final as (
    select
        examined.feed,
        examined.batch_id,
        'late_delivery' as issue,
        examined.examined_rows,
        coalesce(late_counted.late_rows, 0) - coalesce(repeated_counted.repeated_rows, 0)
            as defect_rows
    from examined
    left join late_counted
        on
            examined.feed = late_counted.feed
            and examined.batch_id = late_counted.batch_id
    left join repeated_counted
        on
            examined.feed = repeated_counted.feed
            and examined.batch_id = repeated_counted.batch_id
)

select * from final
