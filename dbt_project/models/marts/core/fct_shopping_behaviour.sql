-- Grain: one row per account of the shop with an answer to the survey that counts.
with answers as (
    select * from {{ ref('int_shopping_behaviour_judged') }}
),

final as (
    select
        customer_id,
        age_group,
        gender,
        product_name,
        category,
        purchase_amount,
        region,
        cast(review_rating as numeric(2, 1)) as review_rating,
        is_subscribed,
        shipping_type,
        has_discount,
        days_between_purchases,
        {{ pseudonym('source_customer_key') }} as answer_id
    from answers
    where exclusion_reason is null
)

select * from final
