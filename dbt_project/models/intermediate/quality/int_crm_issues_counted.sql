-- Grain: one row per feed of the CRMs and dealers, load batch and issue that the feed can have.
-- A flag is null where the feed cannot have the issue: nobody knows yet what an open deal brings.
{% set issues = [
    'unparseable_date', 'implausible_date', 'future_date', 'unparseable_amount',
    'impossible_amount', 'negative_amount', 'malformed_vin', 'unknown_stage', 'orphan_customer',
] %}

with opportunities as (
    select * from {{ ref('stg_salesforce__opportunities') }}
),

vehicle_sales as (
    select * from {{ ref('stg_dealership__vehicle_sales') }}
),

service_records as (
    select * from {{ ref('stg_dealership__service_records') }}
),

stages as (
    select * from {{ ref('opportunity_stages') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

rows_unioned as (
    select
        'salesforce.opportunities' as feed,
        'salesforce:' || source_customer_id as source_customer_key,
        created_at as occurred_at,
        amount,
        amount_raw,
        false as needs_amount,
        cast(null as boolean) as malformed_vin,
        stage_name,
        _batch_id,
        _loaded_at
    from opportunities
    union all
    select
        'dealership.vehicle_sales' as feed,
        'dealership:' || source_customer_id as source_customer_key,
        sold_at as occurred_at,
        sale_price as amount,
        sale_price_raw as amount_raw,
        true as needs_amount,
        vin is null as malformed_vin,
        cast(null as {{ dbt.type_string() }}) as stage_name,
        _batch_id,
        _loaded_at
    from vehicle_sales
    union all
    select
        'dealership.service_records' as feed,
        'dealership:' || source_customer_id as source_customer_key,
        serviced_at as occurred_at,
        service_amount as amount,
        service_amount_raw as amount_raw,
        true as needs_amount,
        vin is null as malformed_vin,
        cast(null as {{ dbt.type_string() }}) as stage_name,
        _batch_id,
        _loaded_at
    from service_records
),

judged as (
    select
        rows_unioned.feed,
        rows_unioned._batch_id,
        rows_unioned.malformed_vin,
        rows_unioned.occurred_at is null as unparseable_date,
        {{ is_implausible_date(utc_date('rows_unioned.occurred_at')) }} as implausible_date,
        {{ is_future_date('rows_unioned.occurred_at', 'rows_unioned._loaded_at') }} as future_date,
        rows_unioned.amount is null
        and (
            rows_unioned.needs_amount or {{ clean_text('rows_unioned.amount_raw') }} is not null
        ) as unparseable_amount,
        {{ is_impossible_amount('rows_unioned.amount') }} as impossible_amount,
        coalesce(rows_unioned.amount < 0, false) as negative_amount,
        case
            when rows_unioned.feed = 'salesforce.opportunities' then stages.stage_name is null
        end as unknown_stage,
        records.source_customer_key is null as orphan_customer
    from rows_unioned
    left join records
        on rows_unioned.source_customer_key = records.source_customer_key
    left join stages
        on rows_unioned.stage_name = stages.stage_name
),

counted as (
    select
        feed,
        _batch_id as batch_id,
        count(*) as examined_rows,
        {{ count_each_flag(issues) }}
    from judged
    group by feed, _batch_id
),

named as (
    select
        counted.feed,
        counted.batch_id,
        issue_names.issue,
        counted.examined_rows,
        {{ column_named('issue_names.issue', issues, 'counted') }} as defect_rows
    from counted
    cross join {{ text_rows('issue', issues) }} as issue_names
),

final as (
    select * from named
    where defect_rows is not null
)

select * from final
