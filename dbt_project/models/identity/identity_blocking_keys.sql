-- Grain: one row per blocking rule and record that has the rule's key.
-- Two records are compared where one key is the same for both. Tight keys come first, so that a
-- pair is counted for the most telling rule; loose ones let records meet that have no field in
-- common to the letter, and are left out where they would pair too many (identity_blocks).
{% set rules = {
    'email': 'email',
    'phone': 'right(phone_tail, 7)',
    'email_local_part': 'case when length(email_local) >= 5 then email_local end',
    'birth_date_and_first_name': 'birth_day || name_family',
    'birth_date_and_last_name': 'birth_day || last_name_sound',
    'names': 'least(first_name, last_name) || greatest(first_name, last_name)',
    'names_and_city': 'first_name || last_name || city',
    'sound_and_birth_year': 'name_sounds || birth_year',
    'sound_and_city': 'name_sounds || left(city, 5)',
    'postcode_and_last_name': 'postcode || last_name_sound',
    'postcode_and_first_name': 'postcode || name_family',
    'postcode_and_birth_year': 'postcode || birth_year',
    'postcode_and_initials': 'postcode || initials',
    'house_and_postcode': 'street_number || left(street_name, 4) || postcode',
    'house_and_initial': 'street_number || left(street_name, 5) || left(first_name, 1)',
    'street_and_last_name': 'left(street_name, 5) || last_name_sound',
    'birthday_and_initials': 'birthday || initials',
    'birthday_and_city': 'birthday || left(city, 4)',
    'birth_year_and_initials': 'birth_year || initials',
    'birth_year_and_first_name': 'birth_year || name_family',
    'birth_year_and_last_name': 'birth_year || last_name_sound',
    'birth_year_day_and_initial': 'birth_year || right(birth_day, 2) || left(first_name, 1)',
    'birth_month_and_initial': 'left(birth_day, 6) || left(last_name, 1)',
    'city_and_first_name': 'name_family || city',
    'city_and_last_name': 'last_name_sound || city',
    'house_and_city': 'street_number || left(city, 4)',
    'phone_end_and_initial': 'right(phone_tail, 4) || left(first_name, 1)',
    'phone_start_and_initial': 'left(right(phone_tail, 7), 5) || left(last_name, 1)',
    'phone_end': 'right(phone_tail, 5)',
    'email_consonants': 'case when length(email_consonants) >= 4 then email_consonants end',
    'email_ends': 'case when length(email_local) >= 6
        then left(email_local, 2) || right(email_local, 3) end',
    'email_start': 'case when length(email) >= 6 then left(email, 6) end',
    'email_end': 'case when length(email_local) >= 6
        then right(email, length(email) - 3) end',
    'email_and_last_name': 'left(email, 3) || last_name_sound',
    'first_name_and_last_start': 'first_name || left(last_name, 2)',
    'last_name_and_initial': 'last_name || left(first_name, 1)',
    'sounds': 'name_sounds',
    'starts': 'left(first_name, 3) || left(last_name, 3)',
    'ends': 'right(first_name, 3) || right(last_name, 3)',
    'last_sound_and_initial': 'last_name_sound || left(first_name, 1)',
    'first_sound_and_initial': 'first_name_sound || left(last_name, 1)',
    'birth_date': 'birth_day',
    'postcode': 'postcode',
} %}

with records as (
    select
        *,
        least(first_name_sound, last_name_sound)
        || greatest(first_name_sound, last_name_sound) as name_sounds,
        left(first_name, 1) || left(last_name, 1) as initials,
        left(birth_day, 4) as birth_year,
        right(birth_day, 4) as birthday
    from {{ ref('identity_comparable_records') }}
),

keys as (
    {% for rule, key in rules.items() %}
        select
            {{ loop.index }} as rule_number,
            '{{ rule }}' as blocking_rule,
            record_number,
            {{ hashed_text(key) }} as block_key
        from records
        where {{ key }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from keys
