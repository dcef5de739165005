{% macro hashed_text(value) -%}
    {{ return(adapter.dispatch('hashed_text', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__hashed_text(value) -%}
    hashtextextended({{ value }}, 0)
{%- endmacro %}

{% macro spark__hashed_text(value) -%}
    xxhash64({{ value }})
{%- endmacro %}
