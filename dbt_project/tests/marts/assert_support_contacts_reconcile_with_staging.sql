-- Invariant: the contacts of staging are those of fct_support_interactions plus those left out,
-- each for one reason; and support_impact holds every contact of the fact once.
-- Otherwise contacts are lost or doubled, and so are the rates by segment and band.
with counts as (
    select
        (select count(*) from {{ ref('stg_support__service_interactions') }}) as staged,
        (select count(*) from {{ ref('fct_support_interactions') }}) as counted,
        (
            select count(*)
            from {{ ref('int_support_interactions_judged') }}
            where exclusion_reason is not null
        ) as left_out,
        (select coalesce(sum(tickets), 0) from {{ ref('support_impact') }}) as in_mart,
        (
            select coalesce(sum(tickets), 0)
            from {{ ref('int_customer_support_summarised') }}
        ) as of_customers,
        (
            select count(*)
            from {{ ref('fct_support_interactions') }}
            where customer_id is not null
        ) as of_known
)

select *
from counts
where
    staged <> counted + left_out
    or in_mart <> counted
    or of_customers <> of_known
