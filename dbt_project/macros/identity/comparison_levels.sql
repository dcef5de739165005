{% macro comparison_levels(one, other) -%}
    cast({{ first_name_level(one, other) }} as smallint) as first_name_level,
    cast({{ last_name_level(one, other) }} as smallint) as last_name_level,
    cast({{ birth_date_level(one, other) }} as smallint) as birth_date_level,
    cast({{ email_level(one, other) }} as smallint) as email_level,
    cast({{ phone_level(one, other) }} as smallint) as phone_level,
    cast({{ address_level(one, other) }} as smallint) as address_level
{%- endmacro %}
