-- Grain: one row per account of the shop that answered the survey, whether that counts or not.
-- An answer has no day of its own: in a replay of a past day it is as young as its account.
with answers as (
    select * from {{ ref('stg_marketing__shopping_behaviour') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

keyed as (
    select
        *,
        'shop:' || source_customer_id as source_customer_key
    from answers
),

judged as (
    select
        keyed.source_customer_key,
        customers.customer_id,
        keyed.age_group,
        keyed.gender,
        keyed.product_name,
        keyed.category,
        keyed.purchase_amount,
        keyed.region,
        keyed.is_subscribed,
        keyed.shipping_type,
        keyed.has_discount,
        case when keyed.review_rating between 1 and 5 then keyed.review_rating end as review_rating,
        case when keyed.days_between_purchases > 0 then keyed.days_between_purchases end
            as days_between_purchases,
        case
            when
                records.created_at <= records._loaded_at
                and {{ utc_date('records.created_at') }} > as_of.as_of_date
                then 'after_as_of_date'
            when keyed.purchase_amount is null then 'invalid_amount'
            when {{ is_impossible_amount('keyed.purchase_amount') }} then 'impossible_amount'
            when keyed.purchase_amount < 0 then 'negative_amount'
        end as exclusion_reason
    from keyed
    cross join as_of
    left join customers
        on keyed.source_customer_key = customers.source_customer_key
    left join records
        on keyed.source_customer_key = records.source_customer_key
)

select * from judged
