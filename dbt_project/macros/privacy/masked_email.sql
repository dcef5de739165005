{% macro masked_email(value) -%}
    substr({{ value }}, 1, 1) || '***' || substr({{ value }}, position('@' in {{ value }}))
{%- endmacro %}
