{% macro contact_columns(record, countries) -%}
    {{ clean_name(record ~ '.first_name_raw') }} as first_name,
    {{ clean_name(record ~ '.last_name_raw') }} as last_name,
    {{ parse_email(record ~ '.email_raw') }} as email,
    {{ e164_phone(record ~ '.phone_dialled', countries) }} as phone,
    {{ record }}.country_given as country,
    {{ countries }}.country_code,
    {{ parse_instant(clean_text(record ~ '.created_at_raw')) }} as created_at,
    {{ record }}.first_name_raw,
    {{ record }}.last_name_raw,
    {{ record }}.email_raw,
    {{ record }}.phone_raw,
    {{ record }}.created_at_raw
{%- endmacro %}
