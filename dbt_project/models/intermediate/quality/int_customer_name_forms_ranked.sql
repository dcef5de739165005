-- Grain: one row per customer and full name that its records bear.
-- Of two forms of a name the one that more of the customer's records bear is likelier right, or,
-- where that does not tell, the one that is commoner among all. Who bears more forms than an
-- address may have holders is not one person, and is left out.
with names as (
    select * from {{ ref('int_customer_names_parted') }}
    where given_name is not null and family_name is not null
),

bearers as (
    select
        customer_id,
        given_name,
        family_name,
        name_family,
        updated_at,
        count(*) over (partition by given_name) as given_name_bearers,
        count(*) over (partition by family_name) as family_name_bearers,
        count(*) over (partition by customer_id, given_name) as given_name_records,
        count(*) over (partition by customer_id, family_name) as family_name_records
    from names
),

forms as (
    select
        customer_id,
        given_name,
        family_name,
        name_family,
        given_name_bearers,
        family_name_bearers,
        given_name_records,
        family_name_records,
        count(*) as form_records,
        max(updated_at) as last_given_at,
        count(*) over (partition by customer_id) as forms
    from bearers
    group by
        customer_id,
        given_name,
        family_name,
        name_family,
        given_name_bearers,
        family_name_bearers,
        given_name_records,
        family_name_records
),

final as (
    select
        customer_id,
        given_name,
        family_name,
        name_family,
        dense_rank() over (
            partition by customer_id
            order by form_records desc nulls last, given_name_bearers desc nulls last
        ) as form_rank,
        dense_rank() over (
            partition by customer_id
            order by given_name_records desc nulls last, given_name_bearers desc nulls last
        ) as given_name_rank,
        dense_rank() over (
            partition by customer_id
            order by family_name_records desc nulls last, family_name_bearers desc nulls last
        ) as family_name_rank,
        first_value(family_name) over (
            partition by customer_id, given_name
            order by last_given_at desc nulls last, family_name asc nulls last
        ) as newest_family_name
    from forms
    where forms <= {{ var('identity_max_shared_records') }}
)

select * from final
