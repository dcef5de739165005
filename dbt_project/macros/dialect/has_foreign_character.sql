{% macro has_foreign_character(name) -%}
    {{ return(adapter.dispatch('has_foreign_character', 'customer360')(name)) }}
{%- endmacro %}

{% macro default__has_foreign_character(name) -%}
    {{ name }} ~ '[^[:alpha:] ''’.-]'
{%- endmacro %}
