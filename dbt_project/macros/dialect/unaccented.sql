{% macro unaccented(value) -%}
    {{ return(adapter.dispatch('unaccented', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__unaccented(value) -%}
    public.unaccent({{ value }})
{%- endmacro %}
