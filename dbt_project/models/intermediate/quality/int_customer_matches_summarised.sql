-- Grain: one row per customer.
-- Several given names in one customer are the plainest sign of several people; typos and
-- nicknames add some too, so it is a sign and no proof.
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
        {{ integer_divide('count(*) * (count(*) - 1)', '2') }} as pairs
    from customers
    inner join records
        on customers.source_customer_key = records.source_customer_key
    group by customers.customer_id
)

select * from final
