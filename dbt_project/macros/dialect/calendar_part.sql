{% macro calendar_part(part, day) -%}
    {%- set parts = ['year', 'quarter', 'month', 'day', 'iso_year', 'iso_week', 'iso_day_of_week'] -%}
    {%- if part not in parts -%}
        {{ exceptions.raise_compiler_error(
            "calendar_part knows " ~ parts | join(', ') ~ ", not '" ~ part ~ "'."
        ) }}
    {%- endif -%}
    {{ return(adapter.dispatch('calendar_part', 'customer360')(part, day)) }}
{%- endmacro %}

{% macro default__calendar_part(part, day) -%}
    {%- set names = {'iso_year': 'isoyear', 'iso_week': 'week', 'iso_day_of_week': 'isodow'} -%}
    cast(extract({{ names.get(part, part) }} from {{ day }}) as integer)
{%- endmacro %}

{% macro spark__calendar_part(part, day) -%}
    {%- set names = {
        'iso_year': 'yearofweek', 'iso_week': 'week', 'iso_day_of_week': 'dayofweek_iso'
    } -%}
    cast(extract({{ names.get(part, part) }} from {{ day }}) as int)
{%- endmacro %}
