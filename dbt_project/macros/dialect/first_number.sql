{% macro first_number(value) -%}
    {{ return(adapter.dispatch('first_number', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__first_number(value) -%}
    substring({{ value }} from '[0-9]+')
{%- endmacro %}

{% macro spark__first_number(value) -%}
    nullif(regexp_extract({{ value }}, '[0-9]+', 0), '')
{%- endmacro %}
