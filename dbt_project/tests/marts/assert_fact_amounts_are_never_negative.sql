-- Invariant: both facts hold zero or positive amounts (the sign rule), none after the as-of date.
-- Otherwise net revenue = purchases - returns would count something twice or with the wrong sign.
with facts as (
    select
        transaction_id as fact_id,
        transaction_date as fact_date,
        amount
    from {{ ref('fct_transactions') }}
    union all
    select
        return_id as fact_id,
        return_date as fact_date,
        amount
    from {{ ref('fct_returns') }}
)

select
    facts.fact_id,
    facts.fact_date,
    facts.amount
from facts
cross join {{ ref('int_as_of_date_resolved') }} as as_of
where
    facts.amount < 0
    or facts.fact_date > as_of.as_of_date
