{% macro utc_date(instant) -%}
    {{ return(adapter.dispatch('utc_date', 'customer360')(instant)) }}
{%- endmacro %}

{% macro default__utc_date(instant) -%}
    cast(({{ instant }}) at time zone 'UTC' as date)
{%- endmacro %}

{% macro spark__utc_date(instant) -%}
    to_date({{ instant }})
{%- endmacro %}
