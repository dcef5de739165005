{% macro text_rows(column, texts) -%}
    (
    {%- for text in texts %}
        select {{ text_literal(text) | trim }} as {{ column }}{{ ' union all' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}
