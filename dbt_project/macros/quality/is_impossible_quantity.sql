{% macro is_impossible_quantity(quantity) -%}
    coalesce(abs({{ quantity }}) > {{ var('largest_plausible_quantity') }}, false)
{%- endmacro %}
