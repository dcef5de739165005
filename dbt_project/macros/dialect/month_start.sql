{% macro month_start(day) -%}
    {{ return(adapter.dispatch('month_start', 'customer360')(day)) }}
{%- endmacro %}

{% macro default__month_start(day) -%}
    cast(date_trunc('month', cast({{ day }} as timestamp)) as date)
{%- endmacro %}

{% macro spark__month_start(day) -%}
    trunc({{ day }}, 'MM')
{%- endmacro %}
