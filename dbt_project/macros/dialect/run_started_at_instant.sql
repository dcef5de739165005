{% macro run_started_at_instant() -%}
    {{ return(adapter.dispatch('run_started_at_instant', 'customer360')(run_started_at.isoformat())) }}
{%- endmacro %}

{% macro default__run_started_at_instant(text) -%}
    cast('{{ text }}' as timestamptz)
{%- endmacro %}

{% macro spark__run_started_at_instant(text) -%}
    cast('{{ text }}' as timestamp)
{%- endmacro %}
