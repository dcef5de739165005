{% macro clean_text(value) -%}
    nullif({{ collapse_spaces(value) }}, '')
{%- endmacro %}
