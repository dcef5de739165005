{% macro rows_logged_so_far(columns, relation) -%}
    {%- if columns is string or not columns -%}
        {{ exceptions.raise_compiler_error("rows_logged_so_far needs a list with at least one column.") }}
    {%- endif -%}
    {%- if is_incremental() -%}
        (select {{ columns | join(', ') }} from {{ this }})
    {%- else -%}
        (select {{ columns | join(', ') }} from {{ relation }} where false)
    {%- endif -%}
{%- endmacro %}
