-- Grain: one row per account of the shop that answered the survey, whether that counts or not.
with answers as (
    select * from {{ ref('stg_marketing__shopping_behaviour') }}
),

customers as (
    select * from {{ ref('identity_customers') }}
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
            when keyed.purchase_amount is null then 'invalid_amount'
            when {{ is_impossible_amount('keyed.purchase_amount') }} then 'impossible_amount'
            when keyed.purchase_amount < 0 then 'negative_amount'
        end as exclusion_reason
    from keyed
    left join customers
        on keyed.source_customer_key = customers.source_customer_key
)

select * from judged
