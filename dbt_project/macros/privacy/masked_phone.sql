{% macro masked_phone(value) -%}
    substr({{ value }}, 1, 3) || '***' || substr({{ value }}, length({{ value }}) - 1)
{%- endmacro %}
