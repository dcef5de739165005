-- Invariant: per feed of transactions, returns, points, consents and contacts, staging holds
-- the last delivered version of each key in raw, in count and in sum, however many loads it took.
-- An incremental run that misses a late delivery, or keeps an old version, breaks it. So does
-- each row whose key is blank: the loader should have set it aside, as staging has no room for it.
-- The list: source, table, key, amount in raw and in staging. The partner and the register of
-- consents deliver no amounts.
{% set no_text %}cast(null as {{ dbt.type_string() }}){% endset %}
{% set external_key -%}
    {{ external_source_name('source') }} || ':' || {{ clean_text('transaction_id') }}
{%- endset %}
{% set feeds = [
    ['shop', 'online_transactions', clean_text('order_id'), 'amount', 'amount'],
    ['shop', 'returns', clean_text('return_id'), 'amount', 'amount'],
    ['dealership', 'vehicle_sales', clean_text('sale_id'), 'sale_price', 'sale_price'],
    ['dealership', 'service_records', clean_text('service_id'), 'service_amount', 'service_amount'],
    ['salesforce', 'opportunities', clean_text('id'), 'amount', 'amount'],
    [
        'loyalty', 'loyalty_transactions', clean_text('loyalty_transaction_id'), 'points_change',
        'points_change',
    ],
    [
        'consent', 'consent_events', clean_text('consent_event_id'), no_text,
        'cast(null as numeric(14, 2))',
    ],
    [
        'support', 'service_interactions', clean_text('interaction_id'), 'satisfaction',
        'satisfaction',
    ],
    ['stores', 'instore_transactions', clean_text('transaction_id'), 'amount', 'amount'],
    [
        'retail_api', 'transactions', clean_text('transaction_id'), no_text,
        'cast(null as numeric(14, 2))',
    ],
    ['external', 'transactions', external_key, 'amount', 'amount'],
] %}

with deliveries as (
    {% for source_name, table_name, key, raw_amount, _ in feeds %}
        select
            '{{ source_name }}.{{ table_name }}' as feed,
            {{ raw_amount }} as amount,
            _batch_id,
            _line,
            {{ key }} as delivered_key
        from {{ source(source_name, table_name) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

versions as (
    select
        feed,
        amount,
        delivered_key,
        row_number() over (
            partition by feed, delivered_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from deliveries
),

delivered as (
    select
        feed,
        count(*) as delivered_rows,
        coalesce(sum({{ parse_money('amount') }}), 0) as delivered_amount
    from versions
    where recency = 1 or delivered_key is null
    group by feed
),

staged as (
    {% for source_name, table_name, _, _, staged_amount in feeds %}
        select
            '{{ source_name }}.{{ table_name }}' as feed,
            count(*) as staged_rows,
            sum({{ staged_amount }}) as staged_amount
        from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

compared as (
    select
        staged.feed,
        staged.staged_rows,
        coalesce(delivered.delivered_rows, 0) as delivered_rows,
        coalesce(staged.staged_amount, 0) as staged_amount,
        coalesce(delivered.delivered_amount, 0) as delivered_amount
    from staged
    left join delivered
        on staged.feed = delivered.feed
)

select *
from compared
where
    staged_rows <> delivered_rows
    or staged_amount <> delivered_amount
