-- Grain: one row per account of the shop that answered the survey, in the version delivered last.
{{ config(unique_key='source_customer_id') }}

with source_rows as (
    select * from {{ source('marketing', 'shopping_behaviour') }}
    where {{ new_loads_only() }}
),

versions as (
    select
        *,
        {{ clean_text('customer_id') }} as customer_key
    from source_rows
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_key
            order by _batch_id desc nulls last, _line desc nulls last
        ) as recency
    from versions
    where customer_key is not null
),

final as (
    select
        customer_key as source_customer_id,
        {{ parse_integer('age') }} as age,
        {{ clean_text('age_group') }} as age_group,
        lower({{ clean_text('gender') }}) as gender,
        {{ clean_text('item_purchased') }} as product_name,
        {{ clean_text('category') }} as category,
        {{ parse_money('purchase_amount') }} as purchase_amount,
        {{ clean_text('location') }} as region,
        {{ parse_money('review_rating') }} as review_rating,
        lower({{ clean_text('shipping_type') }}) as shipping_type,
        {{ parse_integer('frequency_of_purchases_days') }} as days_between_purchases,
        purchase_amount as purchase_amount_raw,
        review_rating as review_rating_raw,
        {{ parse_boolean('subscription_status') }} as is_subscribed,
        {{ parse_boolean('discount_applied') }} as has_discount,
        _file_sha256,
        _file_name,
        _line,
        _loaded_at,
        _batch_id
    from ranked
    where recency = 1
)

select * from final
