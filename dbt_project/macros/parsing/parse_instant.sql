{% macro parse_instant(value) -%}
    {{ instant_from_iso(iso_instant_text(value)) }}
{%- endmacro %}
