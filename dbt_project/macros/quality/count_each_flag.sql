{% macro count_each_flag(flags) -%}
    {%- for flag in flags -%}
        sum(case when {{ flag }} then 1 when not {{ flag }} then 0 end) as {{ flag }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
