{% macro hours_between(first_instant, last_instant) -%}
    {{ return(adapter.dispatch('hours_between', 'customer360')(first_instant, last_instant)) }}
{%- endmacro %}

{% macro default__hours_between(first_instant, last_instant) -%}
    cast(extract(epoch from ({{ last_instant }} - {{ first_instant }})) / 3600 as numeric(14, 2))
{%- endmacro %}

{% macro spark__hours_between(first_instant, last_instant) -%}
    cast((unix_timestamp({{ last_instant }}) - unix_timestamp({{ first_instant }})) / 3600 as decimal(14, 2))
{%- endmacro %}
