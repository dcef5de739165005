{% macro date_literal(day) -%}
    {%- set text = '' if day is none else day | string | trim -%}
    {%- if text == '' -%}
        cast(null as date)
    {%- elif modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', text) -%}
        date '{{ text }}'
    {%- else -%}
        {{ exceptions.raise_compiler_error("'" ~ text ~ "' is not a day: write it as yyyy-mm-dd.") }}
    {%- endif -%}
{%- endmacro %}
