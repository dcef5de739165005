{% macro parse_date(value) -%}
    {{ utc_date(parse_instant(value)) }}
{%- endmacro %}
