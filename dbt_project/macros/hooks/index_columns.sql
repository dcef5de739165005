{% macro index_columns(relation, columns) -%}
    {#- Unnamed: while the hook runs, the replaced table still holds the names of its own indexes. -#}
    {%- for column in columns if column in model.columns -%}
        create index on {{ relation }} ({{ column }});
    {%- endfor -%}
{%- endmacro %}
