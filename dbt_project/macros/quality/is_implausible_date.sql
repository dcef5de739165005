{% macro is_implausible_date(day) -%}
    coalesce({{ day }} < {{ date_literal(var('earliest_business_date')) }}, false)
{%- endmacro %}
