{% macro collapse_spaces(value) -%}
    {{ return(adapter.dispatch('collapse_spaces', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__collapse_spaces(value) -%}
    trim(regexp_replace({{ value }}, '[\s\u00A0\u200B\uFEFF]+', ' ', 'g'))
{%- endmacro %}
