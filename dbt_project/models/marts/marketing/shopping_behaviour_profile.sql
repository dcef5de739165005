-- Grain: one row per age group, gender and category of those who answered the survey.
with answers as (
    select * from {{ ref('fct_shopping_behaviour') }}
),

grouped as (
    select
        coalesce(age_group, 'unknown') as age_group,
        coalesce(gender, 'unknown') as gender,
        coalesce(category, 'unknown') as category,
        count(*) as purchases,
        count(distinct customer_id) as customers,
        sum(purchase_amount) as spend,
        avg(purchase_amount) as average_purchase_amount,
        avg(review_rating) as average_review_rating,
        avg(case when is_subscribed then 1.0 when not is_subscribed then 0.0 end)
            as subscribed_share,
        avg(case when has_discount then 1.0 when not has_discount then 0.0 end) as discount_share,
        avg(days_between_purchases) as average_days_between_purchases
    from answers
    group by
        coalesce(age_group, 'unknown'),
        coalesce(gender, 'unknown'),
        coalesce(category, 'unknown')
),

final as (
    select
        age_group,
        gender,
        category,
        purchases,
        customers,
        cast(spend as numeric(20, 2)) as spend,
        cast(average_purchase_amount as numeric(14, 2)) as average_purchase_amount,
        cast(average_review_rating as numeric(4, 2)) as average_review_rating,
        cast(subscribed_share as numeric(7, 6)) as subscribed_share,
        cast(discount_share as numeric(7, 6)) as discount_share,
        cast(average_days_between_purchases as numeric(12, 2)) as average_days_between_purchases
    from grouped
)

select * from final
