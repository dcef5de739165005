{% macro is_impossible_amount(amount) -%}
    coalesce(abs({{ amount }}) > {{ var('largest_plausible_amount') }}, false)
{%- endmacro %}
