{% macro comparable_text(value) -%}
    {%- set marks = "' -''`’.,'" -%}
    nullif(translate({{ unaccented('lower(' ~ value ~ ')') }}, {{ marks }}, ''), '')
{%- endmacro %}
