-- Grain: one row per customer feed, load batch and issue.
with shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

external_customers as (
    select * from {{ ref('stg_external__customers') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

matched as (
    select
        records.source_name,
        records.source_customer_id,
        count(*) over (partition by records.email) as email_holders,
        count(*) over (partition by records.phone) as phone_holders,
        row_number() over (
            partition by customers.customer_id, records.source_name
            order by
                records._first_batch_id asc nulls last,
                records._first_line asc nulls last,
                records.source_customer_key asc nulls last
        ) as rank_in_source
    from records
    inner join customers
        on records.source_customer_key = customers.source_customer_key
),

shop_matched as (
    select
        shop_customers.*,
        matched.email_holders,
        matched.phone_holders,
        matched.rank_in_source
    from shop_customers
    inner join matched
        on
            matched.source_name = 'shop'
            and shop_customers.source_customer_id = matched.source_customer_id
),

external_matched as (
    select
        external_customers.*,
        matched.email_holders,
        matched.phone_holders,
        matched.rank_in_source
    from external_customers
    inner join matched
        on
            external_customers.source_name = matched.source_name
            and external_customers.source_customer_id = matched.source_customer_id
),

final as (
    select *
    from {{ count_issues('shop.customers', 'shop_matched', customer_issue_conditions()) }}
        as shop_issues
    union all
    select *
    from {{ count_issues('external.customers', 'external_matched', customer_issue_conditions()) }}
        as external_issues
)

select * from final
