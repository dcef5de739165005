{% macro rows_remembered(log, column_types) -%}
    {#- No ref(): the log is written after the model that asks, by what that model says. -#}
    {%- if column_types is not mapping or not column_types -%}
        {{ exceptions.raise_compiler_error("rows_remembered needs the types of at least one column by name.") }}
    {%- endif -%}
    {%- set relation = adapter.get_relation(this.database, this.schema, log) if execute -%}
    {%- if relation -%}
        (select {{ column_types | join(', ') }} from {{ relation }})
    {%- else -%}
        (
            select
            {%- for column, type in column_types.items() %}
                cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
            where false
        )
    {%- endif -%}
{%- endmacro %}
