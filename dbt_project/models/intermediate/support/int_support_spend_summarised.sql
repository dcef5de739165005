-- Grain: one row per counted contact with the support desk of a known customer.
-- The windows are half-open and equally long: (day - w, day] before and (day, day + w] after, so
-- that a purchase of the day itself, which the contact mostly follows, is before.
with interactions as (
    select * from {{ ref('int_support_interactions_judged') }}
),

transactions as (
    select * from {{ ref('int_transactions_judged') }}
),

as_of as (
    select * from {{ ref('int_as_of_date_resolved') }}
),

contacts as (
    select
        interactions.interaction_id,
        interactions.customer_id,
        interactions.opened_date,
        {{ add_days('interactions.opened_date', '-' ~ var('support_impact_window_days')) }}
            as window_starts_after,
        {{ add_days('interactions.opened_date', var('support_impact_window_days')) }}
            as window_ends_on,
        as_of.as_of_date
    from interactions
    cross join as_of
    where
        interactions.exclusion_reason is null
        and interactions.customer_id is not null
),

purchases as (
    select
        customer_id,
        transaction_date,
        amount
    from transactions
    where
        exclusion_reason is null
        and customer_id is not null
),

first_purchases as (
    select
        customer_id,
        min(transaction_date) as first_purchase_date
    from purchases
    group by customer_id
),

spend as (
    select
        contacts.interaction_id,
        contacts.customer_id,
        contacts.opened_date,
        contacts.window_ends_on <= contacts.as_of_date as is_followed,
        count(purchases.amount) filter (
            where purchases.transaction_date <= contacts.opened_date
        ) as orders_before,
        count(purchases.amount) filter (
            where purchases.transaction_date > contacts.opened_date
        ) as orders_after,
        coalesce(sum(purchases.amount) filter (
            where purchases.transaction_date <= contacts.opened_date
        ), 0) as spend_before,
        coalesce(sum(purchases.amount) filter (
            where purchases.transaction_date > contacts.opened_date
        ), 0) as spend_after
    from contacts
    left join purchases
        on
            contacts.customer_id = purchases.customer_id
            and contacts.window_starts_after < purchases.transaction_date
            and contacts.window_ends_on >= purchases.transaction_date
    group by
        contacts.interaction_id,
        contacts.customer_id,
        contacts.opened_date,
        contacts.window_ends_on <= contacts.as_of_date
),

final as (
    select
        spend.*,
        coalesce(first_purchases.first_purchase_date <= spend.opened_date, false) as had_bought
    from spend
    left join first_purchases
        on spend.customer_id = first_purchases.customer_id
)

select * from final
