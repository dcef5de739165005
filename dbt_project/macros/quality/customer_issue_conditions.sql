{% macro customer_issue_conditions() -%}
    {%- set most = var('identity_max_shared_records') -%}
    {{ return({
        'missing_email': clean_text('email_raw') ~ ' is null',
        'malformed_email': 'email is null and ' ~ clean_text('email_raw') ~ ' is not null',
        'missing_phone': clean_text('phone_raw') ~ ' is null',
        'impossible_phone': 'phone is null and ' ~ clean_text('phone_raw') ~ ' is not null',
        'missing_name': 'first_name is null or last_name is null',
        'mixed_case': 'has_mixed_case',
        'stray_spaces': 'has_stray_spaces',
        'special_characters': 'has_special_characters',
        'missing_country': 'country is null',
        'unknown_country': 'country is not null and country_code is null',
        'missing_date': clean_text('created_at_raw') ~ ' is null',
        'unparseable_date': 'created_at is null and ' ~ clean_text('created_at_raw') ~ ' is not null',
        'future_date': utc_date('created_at') ~ ' > ' ~ utc_date('_loaded_at'),
        'duplicate_record': 'rank_in_source > 1',
        'overshared_email': 'email is not null and email_holders > ' ~ most,
        'overshared_phone': 'phone is not null and phone_holders > ' ~ most,
    }) }}
{%- endmacro %}
