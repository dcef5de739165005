{% macro pseudonym(value) -%}
    {{ return(adapter.dispatch('pseudonym', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__pseudonym(value) -%}
    ops.pseudonym({{ value }})
{%- endmacro %}
