{% macro country_and_phone_columns() -%}
    {{ clean_text('country_raw') }} as country_given,
    {{ comparable_text(clean_text('country_raw')) }} as country_alias,
    {{ phone_digits('phone_raw') }} as phone_dialled
{%- endmacro %}
