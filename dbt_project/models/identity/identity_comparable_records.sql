-- Grain: one row per customer record, in the forms that are compared; what is empty is no evidence.
-- The sources' own text is read beside the typed fields: a mistyped address or day, which is none,
-- still resembles the right one. What stands for none does not: n/a is no address, nor 000000 a
-- number. Texts are cut to what the edit distance takes.
{% set mistyped_email -%}
    coalesce(email, case when length(email_raw) >= 8 and email_raw like '%.%' then lower(email_raw) end)
{%- endset %}

with records as (
    select * from {{ ref('identity_records') }}
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

shared_values as (
    select * from {{ ref('identity_shared_values') }}
    where not is_linking
),

folded as (
    select
        source_customer_key,
        {{ comparable_words('first_name', 'a-z') }} as first_name,
        {{ comparable_words('last_name', 'a-z') }} as last_name,
        {{ folded_email(mistyped_email) }} as email,
        {{ regex_replace_all("coalesce(phone, phone_raw)", '[^0-9]', '') }} as phone_digits,
        {{ birth_day_digits('birth_date', 'birth_date_raw') }} as birth_day,
        {{ comparable_words('street', 'a-z0-9') }} as street,
        {{ comparable_words('city', 'a-z') }} as city,
        nullif({{ regex_replace_all("lower(postcode)", '[^a-z0-9]', '') }}, '') as postcode
    from records
),

telling as (
    select
        folded.source_customer_key,
        folded.birth_day,
        left(folded.first_name, 60) as first_name,
        left(folded.last_name, 60) as last_name,
        case when emails.shared_value is null then left(folded.email, 120) end as email,
        case
            when
                phones.shared_value is null
                and length(folded.phone_digits) >= 6
                and replace(folded.phone_digits, left(folded.phone_digits, 1), '') <> ''
                then right(folded.phone_digits, 9)
        end as phone_tail,
        left(folded.street, 120) as street,
        left(folded.city, 60) as city,
        left(folded.postcode, 20) as postcode
    from {{ computed_once('folded') }}
    inner join records
        on folded.source_customer_key = records.source_customer_key
    left join shared_values as emails
        on emails.match_rule = 'same_email' and records.email = emails.shared_value
    left join shared_values as phones
        on phones.match_rule = 'same_phone' and records.phone = phones.shared_value
),

parts as (
    select
        telling.*,
        coalesce(nicknames.name_family, telling.first_name) as name_family,
        {{ sounds_like('telling.first_name') }} as first_name_sound,
        {{ sounds_like('telling.last_name') }} as last_name_sound,
        {{ email_local_part('telling.email') }} as email_local,
        {{ first_number('telling.street') }} as street_number,
        nullif(
            {{ collapse_spaces(regex_replace_all('telling.street', '[0-9]+[a-z]?', '')) }}, ''
        ) as street_name
    from {{ computed_once('telling') }}
    left join nicknames
        on telling.first_name = nicknames.name
),

letters as (
    select
        *,
        {{ regex_replace_all('email_local', '[^a-z]', '') }} as email_letters,
        {{ regex_replace_all('email_local', '[^0-9]', '') }} as email_digits,
        nullif({{ regex_replace_all('email_local', '[^b-df-hj-np-tv-z]', '') }}, '')
            as email_consonants
    from {{ computed_once('parts') }}
),

final as (
    select
        *,
        email_letters in (
            first_name || last_name,
            last_name || first_name,
            left(first_name, 1) || last_name,
            first_name || left(last_name, 1),
            last_name || left(first_name, 1),
            first_name,
            last_name
        ) as email_is_name,
        row_number() over (
            order by {{ hashed_text('source_customer_key') }} asc, source_customer_key asc
        ) as record_number,
        count(first_name) over (partition by first_name) as first_name_records,
        count(last_name) over (partition by last_name) as last_name_records,
        count(birth_day) over (partition by birth_day) as birth_day_records,
        count(city) over (partition by city) as city_records
    from {{ computed_once('letters') }}
)

select * from final
