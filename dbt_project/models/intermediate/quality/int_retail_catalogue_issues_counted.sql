-- Grain: one row per directory of stores or products beside the shop's, load batch and issue that
-- it can have.
-- A flag is null where the feed cannot have the issue: a store has no price, a product no country.
{% set issues = [
    'missing_name', 'missing_country', 'unknown_country', 'unparseable_amount', 'impossible_amount',
    'negative_amount',
] %}

with company_stores as (
    select * from {{ ref('stg_stores__stores') }}
),

retail_api_stores as (
    select * from {{ ref('stg_retail_api__stores') }}
),

retail_api_products as (
    select * from {{ ref('stg_retail_api__products') }}
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

stores_unioned as (
    select
        'stores.stores' as feed,
        _batch_id,
        store_name,
        country,
        {{ comparable_text('country') }} as country_alias
    from company_stores
    union all
    select
        'retail_api.stores' as feed,
        _batch_id,
        store_name,
        country,
        {{ comparable_text('country') }} as country_alias
    from retail_api_stores
),

judged as (
    select
        stores_unioned.feed,
        stores_unioned._batch_id,
        stores_unioned.store_name is null as missing_name,
        stores_unioned.country is null as missing_country,
        stores_unioned.country is not null
        and country_aliases.country_code is null as unknown_country,
        cast(null as boolean) as unparseable_amount,
        cast(null as boolean) as impossible_amount,
        cast(null as boolean) as negative_amount
    from stores_unioned
    left join country_aliases
        on stores_unioned.country_alias = country_aliases.alias
    union all
    select
        'retail_api.products' as feed,
        _batch_id,
        product_name is null as missing_name,
        cast(null as boolean) as missing_country,
        cast(null as boolean) as unknown_country,
        unit_price is null as unparseable_amount,
        {{ is_impossible_amount('unit_price') }} as impossible_amount,
        coalesce(unit_price < 0, false) as negative_amount
    from retail_api_products
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
