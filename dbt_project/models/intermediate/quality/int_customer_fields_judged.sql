-- Grain: one row per customer record, with the issues that it shows by itself.
-- A flag is null where the feed cannot have the issue: what it has no field for is not missing.
with customer_rows as (
    select * from {{ ref('int_customer_rows_unioned') }}
),

absent_phones as (
    select feed
    from {{ ref('absent_customer_fields') }}
    where field_name = 'phone'
),

given as (
    select
        customer_rows.*,
        absent_phones.feed is null as has_phone_field,
        {{ clean_text('customer_rows.email_raw') }} is not null as has_email_given,
        {{ clean_text('customer_rows.phone_raw') }} is not null as has_phone_given,
        {{ clean_text('customer_rows.created_at_raw') }} is not null as has_date_given
    from customer_rows
    left join absent_phones
        on customer_rows.feed = absent_phones.feed
),

final as (
    select
        source_customer_key,
        feed,
        _batch_id as batch_id,
        has_mixed_case as mixed_case,
        has_stray_spaces as stray_spaces,
        has_special_characters as special_characters,
        not has_email_given as missing_email,
        has_email_given and email is null as malformed_email,
        coalesce(email like '%+%@%', false) as plus_addressed_email,
        case when has_phone_field then not has_phone_given end as missing_phone,
        case when has_phone_field then has_phone_given and phone is null end as impossible_phone,
        first_name is null or last_name is null as missing_name,
        country is null as missing_country,
        country is not null and country_code is null as unknown_country,
        not has_date_given as missing_date,
        has_date_given and created_at is null as unparseable_date,
        {{ is_future_date('created_at', '_loaded_at') }} as future_date
    from given
)

select * from final
