-- Grain: one row per customer record, with what the customer's other records say of its name.
-- Of two forms of a given name the shorter is the nickname, but never the name of the family.
with names as (
    select * from {{ ref('int_customer_names_parted') }}
),

forms as (
    select * from {{ ref('int_customer_name_forms_ranked') }}
),

pairs as (
    select
        one.customer_id,
        one.given_name,
        one.family_name,
        one.given_name = another.given_name as has_same_given_name,
        one.given_name_rank > another.given_name_rank as has_rarer_given_name,
        one.family_name_rank > another.family_name_rank as has_rarer_family_name,
        another.family_name = one.newest_family_name as has_newest_family_name,
        {{ are_forms_of_one_name('one', 'another') }} as has_form_of_given_name,
        case
            when one.name_family <> another.name_family or one.given_name <> one.name_family
                then
                    another.given_name = one.name_family
                    or length(one.given_name) < length(another.given_name)
            else false
        end as has_shorter_given_name,
        {{ differs_by_a_typo('one.given_name', 'another.given_name') }} as has_typed_given_name,
        {{ differs_by_a_typo('one.family_name', 'another.family_name') }} as has_typed_family_name,
        {{ edit_distance_within('one.family_name', 'another.family_name', 2) }}
            as has_alike_family_name,
        one.given_name = another.family_name
        and one.family_name = another.given_name
        and one.form_rank > another.form_rank as is_swapped
    from forms as one
    inner join forms as another
        on
            one.customer_id = another.customer_id
            and (
                one.given_name <> another.given_name
                or one.family_name <> another.family_name
            )
),

judged as (
    select
        customer_id,
        given_name,
        family_name,
        max(
            case
                when has_form_of_given_name and has_shorter_given_name then 1
                else 0
            end
        ) = 1 as nickname,
        max(case when is_swapped then 1 else 0 end) = 1 as swapped_names,
        max(
            case
                when has_typed_family_name and has_rarer_family_name then 1
                when has_form_of_given_name then 0
                when has_typed_given_name and has_rarer_given_name then 1
                else 0
            end
        ) = 1 as typo,
        max(
            case
                when has_alike_family_name then 0
                when has_same_given_name and has_newest_family_name then 1
                else 0
            end
        ) = 1 as maiden_name
    from pairs
    group by customer_id, given_name, family_name
),

final as (
    select
        names.source_customer_key,
        coalesce(judged.nickname, false) as nickname,
        coalesce(judged.swapped_names, false) as swapped_names,
        coalesce(judged.typo, false) as typo,
        coalesce(judged.maiden_name, false) as maiden_name
    from names
    left join judged
        on
            names.customer_id = judged.customer_id
            and names.given_name = judged.given_name
            and names.family_name = judged.family_name
)

select * from final
