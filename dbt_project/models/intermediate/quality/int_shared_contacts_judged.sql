-- Grain: one row per mailbox or telephone number that people of different given names hold.
-- Given names part people better than customers do: who shares an address may be one customer by
-- mistake, and one person may still be two. Forms of one name do not count as different names. What
-- too many records hold is reported as overshared, whoever they are.
with names as (
    select * from {{ ref('int_customer_names_parted') }}
),

holders as (
    select
        'mailbox' as contact,
        mailbox as shared_value,
        given_name,
        name_family,
        family_name
    from names
    where mailbox is not null
    union all
    select
        'phone' as contact,
        phone as shared_value,
        given_name,
        name_family,
        family_name
    from names
    where phone is not null
),

holders_counted as (
    select
        *,
        count(*) over (partition by contact, shared_value) as number_of_holders
    from holders
),

people as (
    select distinct
        contact,
        shared_value,
        given_name,
        name_family,
        family_name
    from holders_counted
    where
        number_of_holders <= {{ var('identity_max_shared_records') }}
        and given_name is not null
),

pairs as (
    select
        one.contact,
        one.shared_value,
        one.given_name,
        another.given_name as other_name,
        coalesce(
            {{ are_forms_of_one_name('one', 'another') }}
            or one.given_name = another.family_name
            or one.family_name = another.given_name
            or one.given_name || one.family_name = another.given_name || another.family_name
            or {{ differs_by_a_typo('one.given_name', 'another.given_name') }},
            false
        ) as is_one_person
    from people as one
    inner join people as another
        on
            one.contact = another.contact
            and one.shared_value = another.shared_value
            and one.given_name <> another.given_name
),

steps as (
    select
        one.contact,
        one.shared_value,
        one.given_name,
        another.other_name
    from pairs as one
    inner join pairs as another
        on
            one.contact = another.contact
            and one.shared_value = another.shared_value
            and one.other_name = another.given_name
    where one.is_one_person and another.is_one_person
),

final as (
    select distinct
        pairs.contact,
        pairs.shared_value
    from pairs
    left join steps
        on
            pairs.contact = steps.contact
            and pairs.shared_value = steps.shared_value
            and pairs.given_name = steps.given_name
            and pairs.other_name = steps.other_name
    where not pairs.is_one_person and steps.given_name is null
)

select * from final
