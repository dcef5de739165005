{% macro capitalised_words(value) -%}
    {{ return(adapter.dispatch('capitalised_words', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__capitalised_words(value) -%}
    initcap({{ value }})
{%- endmacro %}
