{% macro count_each_flag(flags) -%}
    {%- if flags is string or not flags -%}
        {{ exceptions.raise_compiler_error("count_each_flag needs a list with at least one flag.") }}
    {%- endif -%}
    {%- for flag in flags -%}
        sum(case when {{ flag }} then 1 when not {{ flag }} then 0 end) as {{ flag }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
