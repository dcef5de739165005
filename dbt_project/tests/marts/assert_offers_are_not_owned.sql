-- Invariant: nobody is offered a product that they have bought, from whichever system, nor one
-- that is sold in a channel without offers; each customer with a purchase has an unbroken list of
-- offers from 1 on.
-- Otherwise a campaign would sell people what they own, or skip somebody without a word.
with sold as (
    select
        transactions.customer_id,
        transactions.channel,
        products.canonical_product_id
    from {{ ref('fct_transactions') }} as transactions
    inner join {{ ref('dim_products') }} as products
        on transactions.product_id = products.product_id
),

unofferable as (
    select distinct canonical_product_id
    from sold
    where channel in ({{ text_list(var('offer_excluded_channels')) }})
),

offered as (
    select
        offers.customer_id,
        offers.offer_rank,
        products.canonical_product_id
    from {{ ref('next_best_offers') }} as offers
    inner join {{ ref('dim_products') }} as products
        on offers.offered_product_id = products.product_id
),

wrong_offers as (
    select
        offered.customer_id,
        offered.offer_rank
    from offered
    inner join sold
        on
            offered.customer_id = sold.customer_id
            and offered.canonical_product_id = sold.canonical_product_id
    union all
    select
        offered.customer_id,
        offered.offer_rank
    from offered
    inner join unofferable
        on offered.canonical_product_id = unofferable.canonical_product_id
),

lists as (
    select
        customers.customer_id,
        count(offers.offer_rank) as offers,
        max(offers.offer_rank) as last_rank
    from {{ ref('customer_metrics') }} as customers
    left join {{ ref('next_best_offers') }} as offers
        on customers.customer_id = offers.customer_id
    group by customers.customer_id
),

-- Where no product has a name, as in CDNOW, nothing can be offered.
named_products as (
    select count(*) as products
    from {{ ref('int_product_popularity_summarised') }}
)

select
    wrong_offers.customer_id,
    wrong_offers.offer_rank
from wrong_offers
union all
select
    lists.customer_id,
    lists.last_rank as offer_rank
from lists
cross join named_products
where
    (lists.offers = 0 and named_products.products > {{ var('offer_best_sellers') }})
    or lists.offers <> coalesce(lists.last_rank, 0)
