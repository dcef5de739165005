-- Grain: one row per customer.
-- Several given names, birth dates or many addresses in one customer are the plainest signs of
-- several people; typos and nicknames add some too, so they are signs and no proof.
with records as (
    select * from {{ ref('identity_records') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

final as (
    select
        customers.customer_id,
        count(*) as records,
        count(distinct records.source_name) as sources,
        count(distinct {{ comparable_text('records.first_name') }}) as given_names,
        count(distinct records.birth_date) as birth_dates,
        count(distinct records.email) as emails,
        {{ integer_divide('count(*) * (count(*) - 1)', '2') }} as pairs
    from customers
    inner join records
        on customers.source_customer_key = records.source_customer_key
    group by customers.customer_id
)

select * from final
