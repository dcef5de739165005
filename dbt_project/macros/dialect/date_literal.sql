{% macro date_literal(day) -%}
    {%- if day is none or day | string | trim == '' -%}
        cast(null as date)
    {%- else -%}
        {%- set iso_day = modules.datetime.date.fromisoformat(day | string | trim) -%}
        date '{{ iso_day.isoformat() }}'
    {%- endif -%}
{%- endmacro %}
