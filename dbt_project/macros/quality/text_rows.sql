{% macro text_rows(column, texts) -%}
    {%- if texts is string or not texts -%}
        {{ exceptions.raise_compiler_error("text_rows needs a list with at least one text.") }}
    {%- endif -%}
    (
    {%- for text in texts %}
        select {{ text_literal(text) | trim }} as {{ column }}{{ ' union all' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}
