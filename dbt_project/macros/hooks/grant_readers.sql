{% macro grant_readers(relation) -%}
    {%- set open_columns = [] -%}
    {%- for column in model.columns.values() if not column.config.meta.get('pii', false) -%}
        {%- do open_columns.append(column.name) -%}
    {%- endfor -%}
    grant select on {{ relation }} to c360_pii;
    {%- if open_columns %}
    grant select ({{ open_columns | join(', ') }}) on {{ relation }} to c360_bi;
    {%- endif -%}
{%- endmacro %}
