{% macro analyze_relation(relation) -%}
    {{ return(adapter.dispatch('analyze_relation', 'customer360')(relation)) }}
{%- endmacro %}

{% macro default__analyze_relation(relation) -%}
    analyze {{ relation }}
{%- endmacro %}
